// Port: the truth. Reading stored events and following live ones. Adapters: JetStream, in-memory.
import type { SessionKey } from '@vana/events';
import type { LogEntry } from './log-entry.js';

export interface LiveSubscription {
  /** Idempotent; no entry is delivered after it returns. */
  close(): void;
}

export interface EventLog {
  /** Identifies this life of the bus stream, [a-z0-9]{1,16}; a re-created stream has another one. */
  readonly epoch: string;

  /** Called after `epoch` has changed. Returns the function that stops listening. */
  onEpochChange(listener: (epoch: string) => void): () => void;

  /**
   * Live copies of one session's events. Resolves once the server knows the interest: an event stored
   * after that is delivered, save for a broken connection or a killed server. Copies can come out of
   * order, twice or not at all; `join` sorts that out. An exception of the listener is reported to the
   * adapter's observer and costs neither the connection nor later entries.
   * @throws VanaError bus_unavailable
   */
  subscribe(session: SessionKey, listener: (entry: LogEntry) => void): Promise<LiveSubscription>;

  /**
   * Stored entries with seq > `after`, ascending, at most `limit`. Empty means that the stream's leader
   * holds nothing later: a follower's "nothing" is confirmed there.
   * @throws VanaError bus_unavailable
   */
  read(session: SessionKey, after: number, limit: number): Promise<LogEntry[]>;

  /**
   * The last `limit` entries with seq < `before` (`Infinity`: up to the newest), ascending.
   * @throws VanaError bus_unavailable
   */
  readBackward(session: SessionKey, before: number, limit: number): Promise<LogEntry[]>;

  /**
   * Sequence of the session's last stored event, by the stream's leader; 0 when it holds none.
   * @throws VanaError bus_unavailable
   */
  lastSeq(session: SessionKey): Promise<number>;

  /**
   * Tails: every stored event's session and sequence, in stream order, whether or not its live copy came.
   * Returns the function that stops listening.
   */
  onTail(listener: (session: SessionKey, seq: number) => void): () => void;
}
