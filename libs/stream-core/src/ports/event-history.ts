// Port: hot history, a cache of the log's last events per session. Adapters: Redis Streams, in-memory.
// It may be empty, stale at the end, slow or down: the core checks every entry with `join` and falls
// back to the log.
import type { SessionKey } from '@vana/events';
import type { LogEntry } from './log-entry.js';

export interface EventHistory {
  /**
   * Entries with seq > `after`, ascending and chained (each `prev` is its predecessor's `seq`), at most `limit`.
   * @throws VanaError history_unavailable
   */
  read(session: SessionKey, epoch: string, after: number, limit: number): Promise<LogEntry[]>;

  /**
   * The last `limit` entries with seq < `before` (`Infinity`: up to the newest), ascending.
   * @throws VanaError history_unavailable
   */
  readBackward(session: SessionKey, epoch: string, before: number, limit: number): Promise<LogEntry[]>;

  /**
   * Adds chained entries in one step. Entries at or before the stored tail are skipped; if the first
   * later one does not join the tail, what was stored is dropped and history starts anew there.
   * @throws VanaError history_unavailable
   */
  append(session: SessionKey, epoch: string, entries: readonly LogEntry[]): Promise<void>;

  /**
   * Forgets a session.
   * @throws VanaError history_unavailable
   */
  drop(session: SessionKey, epoch: string): Promise<void>;
}
