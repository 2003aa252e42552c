// All session feeds of one process: opened by the first reader, released when idle; each fails alone.
import { parsePosition, sessionKeyString, type CloseReason, type EndReason, type SessionKey } from '@vana/events';
import { readEventPage, type EventPage } from './event-page.js';
import type { FeedPorts } from './feed-ports.js';
import type { FeedLimits } from './limits.js';
import type { AttachRequest, Reader, ReaderSink } from './reader.js';
import { SessionFeed } from './session-feed.js';

export interface FeedStats {
  readonly feeds: number;
  readonly readers: number;
  readonly ringEntries: number;
  readonly ringBytes: number;
}

export interface SweepResult {
  readonly feedsReleased: number;
  readonly eventsExpired: number;
}

export class FeedTable {
  readonly #feeds = new Map<string, SessionFeed>();
  readonly #stopTails: () => void;
  readonly #stopEpoch: () => void;

  constructor(
    private readonly ports: FeedPorts,
    private readonly limits: FeedLimits,
  ) {
    this.#stopTails = ports.log.onTail((session, seq) => this.#feeds.get(sessionKeyString(session))?.noticeTail(seq));
    this.#stopEpoch = ports.log.onEpochChange(() => this.rebuildAll());
  }

  /** Returns at once; the verdict, replay and live events arrive at the sink, never before this returns. */
  attach(session: SessionKey, request: AttachRequest, sink: ReaderSink): Reader {
    const key = sessionKeyString(session);
    let feed = this.#feeds.get(key);
    if (!feed) {
      feed = new SessionFeed({ ...this.ports, limits: this.limits, session });
      this.#feeds.set(key, feed);
    }
    return feed.attach(request, sink);
  }

  /** Whether a reader that comes with this position is served from memory: neither history nor the log is read. */
  covers(session: SessionKey, position: string): boolean {
    const at = parsePosition(position);
    const ring = this.#feeds.get(sessionKeyString(session))?.ring;
    return at?.epoch === this.ports.log.epoch && ring !== undefined && ring.covers(at.seq) && at.seq <= ring.last;
  }

  /** The session is over for good: its readers get `end`, its feed is dropped. */
  endSession(session: SessionKey, reason: EndReason): void {
    const key = sessionKeyString(session);
    const feed = this.#feeds.get(key);
    if (!feed) return;
    this.#feeds.delete(key);
    feed.end(reason);
    void feed.close();
  }

  /** Opens every feed anew; readers stay and go on from their positions. */
  rebuildAll(): void {
    for (const feed of this.#feeds.values()) feed.rebuild();
  }

  /** Every reader gets `closing` with the reason; the feeds stay. */
  closeAll(reason: CloseReason): void {
    for (const feed of this.#feeds.values()) for (const reader of [...feed.readers]) reader.closeWith(reason);
  }

  /** Releases feeds that had no reader for `idleMs`, and events past their time in the rings. */
  sweep(): SweepResult {
    const now = this.ports.clock.now();
    let feedsReleased = 0;
    let eventsExpired = 0;
    for (const [key, feed] of this.#feeds) {
      eventsExpired += feed.ring?.expire(now - this.limits.eventTtlMs) ?? 0;
      if (feed.idleSinceMs === undefined || now - feed.idleSinceMs < this.limits.idleMs) continue;
      this.#feeds.delete(key);
      void feed.close();
      feedsReleased++;
    }
    return { feedsReleased, eventsExpired };
  }

  stats(): FeedStats {
    const stats = { feeds: this.#feeds.size, readers: 0, ringEntries: 0, ringBytes: 0 };
    for (const feed of this.#feeds.values()) {
      stats.readers += feed.readers.size;
      stats.ringEntries += feed.ring?.length ?? 0;
      stats.ringBytes += feed.ring?.bytes ?? 0;
    }
    return stats;
  }

  /** @throws VanaError bus_unavailable */
  readPage(session: SessionKey, after: string | undefined, limit: number): Promise<EventPage> {
    return readEventPage(this.ports.log, session, after, limit);
  }

  /** Readers get `closing {shutting_down}`. Resolves when history has been written, or could not be. */
  async close(): Promise<void> {
    this.#stopTails();
    this.#stopEpoch();
    const closed = [...this.#feeds.values()].map((feed) => feed.close());
    this.#feeds.clear();
    await Promise.all(closed);
  }
}
