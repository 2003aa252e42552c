// What a feed may hold and how long it is patient. Counts are events, times milliseconds.

export interface FeedLimits {
  /** A reader that lags more events than this is refilled from history. */
  readonly ringCapacity: number;
  /** The ring's frames together, bytes. */
  readonly ringBytes: number;
  /** Replayed to a reader without a position. */
  readonly historyLimit: number;
  /** Older events are not replayed to a reader without a position, save those of an active run. */
  readonly eventTtlMs: number;
  /** Events per read from history or log. */
  readonly pageSize: number;
  /** Frames handed to a sink at once, bytes: what a full socket holds beyond its own buffer. */
  readonly batchBytes: number;
  /** Merged and adaptive delivery look at this many items and bytes of stored frames at once. */
  readonly shapedItems: number;
  readonly shapedBytes: number;
  /** A reader that asked for adaptive delivery and is this many events behind when it has drained gets it. */
  readonly adaptiveLag: number;
  /**
   * What a reader that cannot take its page now may keep of it, bytes of frames (their events are as large again);
   * a larger rest is read again. Also about the size of a page of large events.
   */
  readonly keptPageBytes: number;
  /** History slower than this is passed over for the log. */
  readonly historyPatienceMs: number;
  /** How long a live copy may trail the stored event before the log is asked. */
  readonly tailRecheckMs: number;
  /** How long events wait for others before they are written to history. */
  readonly lingerMs: number;
  /** Live entries held while the ones before them are fetched; past it the hand-off starts anew. */
  readonly heldLimit: number;
  /** A feed without readers is released after this time. */
  readonly idleMs: number;
  /** Wait after a failed open, heal or refill; doubles up to `retryMaxMs`. */
  readonly retryMs: number;
  readonly retryMaxMs: number;
}

export const DEFAULT_FEED_LIMITS: FeedLimits = {
  ringCapacity: 1_000,
  ringBytes: 4 * 1024 * 1024,
  historyLimit: 500,
  eventTtlMs: 300_000,
  pageSize: 256,
  batchBytes: 64 * 1024,
  shapedItems: 2_000,
  shapedBytes: 1024 * 1024,
  adaptiveLag: 32,
  keptPageBytes: 256 * 1024,
  historyPatienceMs: 50,
  tailRecheckMs: 250,
  lingerMs: 1_000,
  heldLimit: 1_000,
  idleMs: 1_800_000,
  retryMs: 100,
  retryMaxMs: 5_000,
};
