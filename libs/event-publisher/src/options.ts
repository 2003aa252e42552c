// How a publisher is set up.

export interface PublisherOptions {
  /** The gateway's address, e.g. `https://stream.example`. */
  readonly url: string;
  /** Bearer token with the scope `events:publish`, or what gives one: asked again when one was refused. */
  readonly token: string | (() => string | Promise<string>);
  readonly sessionId: string;
  /** Who counts the events; one per publishing process, [A-Za-z0-9_-]{1,40}. Default: a random one. */
  readonly producer?: string;
  /** How long an event waits for others to share its request. Default 20 ms. */
  readonly lingerMs?: number;
  /** Events of one request, 1..1,000. Default 100. */
  readonly batchSize?: number;
  /** Events that may wait. Default 1,000. */
  readonly maxWaiting?: number;
  /** First pause before a request is repeated; it doubles up to `retryMaxMs`. Defaults 200 and 10,000. */
  readonly retryMinMs?: number;
  readonly retryMaxMs?: number;
  /** How long a request is repeated. The platform knows ids for two minutes. Default 60,000. */
  readonly giveUpMs?: number;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
  /** Default: the global timers. */
  readonly clock?: PublisherClock;
}

export interface PublisherClock {
  now(): number;
  /** Runs `task` after `delayMs`; the returned function cancels it. */
  schedule(delayMs: number, task: () => void): () => void;
}

export const globalClock: PublisherClock = {
  now: () => performance.now(),
  schedule: (delayMs, task) => {
    const timer = setTimeout(task, delayMs);
    return () => clearTimeout(timer);
  },
};
