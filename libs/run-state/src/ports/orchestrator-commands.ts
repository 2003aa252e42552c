// Port: what the gateway asks of the orchestrators. Adapters: Nest microservices over NATS with a queue
// group, in-process. Every method checks ownership; unknown and foreign are answered alike.
import type { EventData, Principal } from '@vana/events';
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

/** Place of a session among its owner's, which are ordered by creation time and id. */
export interface SessionPlace {
  readonly createdAtMs: number;
  readonly sessionId: string;
}

export type AgentNetworkSnapshot = EventData<'agent_network_snapshot'>;

interface InMessage {
  readonly principal: Principal;
  readonly sessionId: string;
  readonly messageId: string;
}

/** What an action on a message has changed. */
export interface MessageChange {
  /** The event that tells of it; absent when it was so already. */
  readonly position?: string;
  readonly deletedMessageIds: readonly string[];
  readonly feedbackId?: string;
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
   * Asks the question of an ended run again; asked twice it gives the same run.
   * @throws as startRun and getRun
   */
  retryRun(command: { principal: Principal; runId: string }): Promise<RunRecord>;
  /** Stores a message and, with `respond`, starts the run that answers it. @throws as startRun, bus_unavailable */
  postMessage(command: {
    principal: Principal;
    sessionId: string;
    content: string;
    respond: boolean;
    idempotencyKey?: string;
  }): Promise<{ messageId: string; runId?: string }>;
  /** @throws as startRun, message_not_found */
  regenerateMessage(command: InMessage & { idempotencyKey?: string }): Promise<RunRecord>;
  /** @throws as getSession, message_not_found | bus_unavailable | store_conflict */
  editMessage(command: InMessage & { content: string }): Promise<MessageChange>;
  /** @throws as editMessage */
  deleteMessage(command: InMessage): Promise<MessageChange>;
  /** By whoever may read the session. @throws as editMessage */
  giveFeedback(command: InMessage & { type: 'upvote' | 'downvote'; reason?: string }): Promise<MessageChange>;
  /**
   * Stores events of an agent outside, all or (where one is malformed) none. Answered when all are stored.
   * @throws as getSession, invalid_event | event_too_large (details.line, counted from 1) | run_not_found |
   * run_finished (details.status) | bus_unavailable | publish_unknown (publish again with the same ids)
   */
  publishEvents(command: {
    principal: Principal;
    sessionId: string;
    /** Who counts `seq`. */
    producer?: string;
    /** 1..1,000 of `OutsideEvent`, not yet looked at. */
    events: readonly unknown[];
  }): Promise<{ positions: string[]; duplicates: number }>;
  /** Starts a run that the caller works on itself. @throws as startRun */
  startOutsideRun(command: Omit<StartRun, 'onActive'>): Promise<RunRecord>;
  /** @throws as getRun, run_finished | bus_unavailable */
  finishRun(command: {
    principal: Principal;
    runId: string;
    status: 'completed' | 'partial' | 'failed';
    finalReport: string;
    reason?: string;
  }): Promise<RunRecord>;
  /**
   * Without an id one is made up.
   * @throws VanaError session_exists | session_gone | session_not_found (the id is somebody else's) |
   * invalid_session_id | store_unavailable | no_orchestrator
   */
  createSession(command: { principal: Principal; sessionId?: string; title?: string }): Promise<SessionRecord>;
  /** @throws VanaError session_not_found | session_gone | store_unavailable | no_orchestrator */
  getSession(command: { principal: Principal; sessionId: string }): Promise<SessionRecord>;
  /** Own ones, newest first; `after` is the last of the page before. */
  listSessions(command: { principal: Principal; limit: number; after?: SessionPlace }): Promise<SessionRecord[]>;
  /** Told to readers by `session_updated`. @throws as getSession, store_conflict */
  renameSession(command: { principal: Principal; sessionId: string; title: string }): Promise<SessionRecord>;
  /** @throws as getSession, bus_unavailable */
  getAgentNetwork(command: { principal: Principal; sessionId: string }): Promise<AgentNetworkSnapshot>;
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
  renameSession: 'vana.commands.session.rename',
  getAgentNetwork: 'vana.commands.session.agents',
  postMessage: 'vana.commands.message.post',
  regenerateMessage: 'vana.commands.message.regenerate',
  editMessage: 'vana.commands.message.edit',
  deleteMessage: 'vana.commands.message.delete',
  giveFeedback: 'vana.commands.message.feedback',
  retryRun: 'vana.commands.run.retry',
  publishEvents: 'vana.commands.events.publish',
  startOutsideRun: 'vana.commands.run.start-outside',
  finishRun: 'vana.commands.run.finish',
} as const satisfies Record<keyof OrchestratorCommands, string>;
