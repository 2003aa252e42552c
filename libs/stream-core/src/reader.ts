// What a reader asks for and what it gets; the transport (SSE, poll) implements the sink.
import type { Channel, CloseReason, ControlBlock, EndReason } from '@vana/events';
import type { LogEntry } from './ports/log-entry.js';

/**
 * What is replayed to a reader without a usable position. `recent`: the last unexpired events (at most
 * `historyLimit`) and all of an active run; `all`: everything retained; a number: the last N; `none`: live only.
 */
export type ReplayMode = 'recent' | 'all' | 'none' | number;

export interface AttachRequest {
  /** As the client sent it (`Last-Event-ID` or `?lastEventId=`); anything unreadable is a `reset`. */
  readonly position?: string | undefined;
  readonly replay: ReplayMode;
  /** Replay gives a run of adjacent chunks as one block per message (`data.merged` names the range). */
  readonly merge?: boolean;
  /** `adaptive`: while the reader lags, full-state kinds are given in their newest state only. Default exact. */
  readonly delivery?: 'exact' | 'adaptive';
  readonly channels: ReadonlySet<Channel>;
  readonly connectionId: string;
  readonly authenticated: boolean;
}

/** Consecutive entries of one session, already filtered by the reader's channels. */
export interface Batch {
  readonly entries: readonly LogEntry[];
  /** All frames, concatenated; built once for all readers that get the same batch. */
  readonly bytes: Uint8Array;
}

export interface ReaderSink {
  /** @returns false when the peer must drain first: nothing more comes until `Reader.resume()` */
  events(batch: Batch): boolean;
  /** Same return value; a control block is small and is taken even when full. */
  control(block: ControlBlock): boolean;
  /** The feed is done with this reader (after `closing` or `end` went through `control`). */
  finished(reason: CloseReason | EndReason): void;
}

export interface Reader {
  /** The last position considered, as an SSE id. */
  readonly position: string;
  /** Replay is over; what follows is live. */
  readonly caughtUp: boolean;
  /** The sink has drained. */
  resume(): void;
  /** Sends a `heartbeat` block, unless the sink is full or replay is under way. */
  heartbeat(): void;
  /** Sends `closing` with the reason, then finishes. */
  closeWith(reason: CloseReason): void;
  /** The peer has left: nothing more is sent. Idempotent. */
  detach(): void;
}
