// Port: what the gateway asks of the orchestrators. Adapters: Nest microservices over NATS with a queue
// group, in-process. Every method checks ownership; unknown and foreign are answered alike.
import type { Principal } from '@vana/events';
import type { RunRecord } from '../run-record.js';
import type { SessionRecord } from '../session-record.js';

export interface StartRun {
  readonly principal: Principal;
  readonly sessionId: string;
  /** 1..10,000 characters. */
  readonly query: string;
  readonly idempotencyKey?: string;
  /** `cancel`: an active run is cancelled first. Default `refuse`. */
  readonly onActive?: 'refuse' | 'cancel';
}

export interface OrchestratorCommands {
  /**
   * Starts a run; creates the session for the caller if its id is unknown.
   * @throws VanaError run_active (details.runId) | session_not_found | session_gone | too_many_runs |
   * idempotency_mismatch | question_empty | question_too_long | invalid_session_id | store_unavailable |
   * no_orchestrator | shutting_down
   */
  startRun(command: StartRun): Promise<RunRecord>;
  /** @throws VanaError run_not_found | store_unavailable | no_orchestrator */
  getRun(command: { principal: Principal; runId: string }): Promise<RunRecord>;
  /** Asks a run to stop; a run that has ended is returned as it is. @throws as getRun */
  cancelRun(command: { principal: Principal; runId: string }): Promise<RunRecord>;
  /**
   * Without an id one is made up.
   * @throws VanaError session_exists | session_gone | session_not_found (the id is somebody else's) |
   * invalid_session_id | store_unavailable | no_orchestrator
   */
  createSession(command: { principal: Principal; sessionId?: string; title?: string }): Promise<SessionRecord>;
  /** @throws VanaError session_not_found | session_gone | store_unavailable | no_orchestrator */
  getSession(command: { principal: Principal; sessionId: string }): Promise<SessionRecord>;
  /** Newest first. */
  listSessions(command: { principal: Principal; limit: number }): Promise<SessionRecord[]>;
  /** Cancels the active run, then leaves a tombstone. @throws as getSession */
  deleteSession(command: { principal: Principal; sessionId: string }): Promise<void>;
  /**
   * Lets `reader`, a principal of the same tenant, read the owner's session. Idempotent.
   * @throws VanaError invalid_principal | too_many_readers (details.limit) | store_conflict, and as getSession
   */
  shareSession(command: { principal: Principal; sessionId: string; reader: string }): Promise<SessionRecord>;
  /** Takes it back; broadcasters cut the reader's live streams. Idempotent. @throws as shareSession */
  unshareSession(command: { principal: Principal; sessionId: string; reader: string }): Promise<SessionRecord>;
}

/** Message pattern of each command on NATS. */
export const ORCHESTRATOR_PATTERNS = {
  startRun: 'vana.commands.run.start',
  getRun: 'vana.commands.run.get',
  cancelRun: 'vana.commands.run.cancel',
  createSession: 'vana.commands.session.create',
  getSession: 'vana.commands.session.get',
  listSessions: 'vana.commands.session.list',
  deleteSession: 'vana.commands.session.delete',
  shareSession: 'vana.commands.session.share',
  unshareSession: 'vana.commands.session.unshare',
} as const satisfies Record<keyof OrchestratorCommands, string>;
