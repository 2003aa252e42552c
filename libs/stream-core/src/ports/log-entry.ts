// One stored event of one session with its place in that session's chain.
import type { StoredEvent } from '@vana/events';

export interface LogEntry {
  /** Bus stream sequence, ≥ 1; ascending within a session, not contiguous. */
  readonly seq: number;
  /**
   * Sequence of the session's event before this one when it was published (header `Vana-Prev`);
   * 0 when there was none. What tells "nothing in between" from "something is missing".
   */
  readonly prev: number;
  /** When the bus stored it, milliseconds since 1970. Used for expiry only, never for order. */
  readonly storedAtMs: number;
  readonly event: StoredEvent;
}
