// What the pod knows of an open stream or a waiting poll, whatever its transport is.
import type { CloseReason, EndReason, Principal, SessionKey } from '@vana/events';

/** Metrics label. */
export type ConnectionRoute = 'run_sse' | 'agent_network_sse' | 'stream' | 'poll';

/** Why a connection is no more; `left`: the peer went, `answered`: a poll got its answer, `not_ready`: it did not. */
export type ClosedReason = CloseReason | EndReason | 'left' | 'answered' | 'not_ready';

export interface OpenConnection {
  readonly session: SessionKey;
  readonly principal: Principal;
  readonly route: ConnectionRoute;
  /** The pod's wheel has turned (about once a second): whatever is due by the clock. */
  turn(nowMs: number): void;
  /** Says why, then ends. */
  closeWith(reason: CloseReason): void;
  /** Cuts it off without a word. */
  destroy(): void;
}
