// Commands about sessions: create, look, list, share, delete.
import { randomUUID } from 'node:crypto';
import { SCHEMA_VERSION, VanaError, isPrincipalId, validateEvent, type StoredEvent } from '@vana/events';
import {
  isLost,
  isTerminal,
  mayRead,
  mayWrite,
  type AgentNetworkSnapshot,
  type OrchestratorCommands,
  type RunStore,
  type SessionRecord,
  type SessionStore,
} from '@vana/run-state';
import type { Clock, EventEraser, EventPublisher } from '@vana/stream-core';
import type { LostRuns } from '../runs/lost-runs.js';
import { CANCELLED } from '../runs/run-end.js';
import type { RunCancel } from '../runs/run-cancel.js';
import type { SessionViews } from '../views/session-views.js';
import { granted, requireSessionId, sessionToRead, sessionToWrite } from './access.js';

export interface SessionCommandPorts {
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly cancel: RunCancel;
  readonly publisher: EventPublisher;
  readonly eraser: EventEraser;
  readonly onEraseFailed: (error: unknown) => void;
  readonly views: SessionViews;
  readonly lost: LostRuns;
}

type Commands = Pick<
  OrchestratorCommands,
  | 'createSession'
  | 'getSession'
  | 'listSessions'
  | 'renameSession'
  | 'getAgentNetwork'
  | 'deleteSession'
  | 'shareSession'
  | 'unshareSession'
>;
type CommandOf<Name extends keyof Commands> = Parameters<Commands[Name]>[0];

/** Every reader is looked through at every check, and the record goes to every pod. */
const MAX_READERS = 200;

export class SessionCommands implements Commands {
  readonly #ports: SessionCommandPorts;

  constructor(ports: SessionCommandPorts) {
    this.#ports = ports;
  }

  async createSession({
    principal,
    sessionId = randomUUID(),
    title = '',
  }: CommandOf<'createSession'>): Promise<SessionRecord> {
    requireSessionId(sessionId);
    const nowMs = this.#ports.clock.now();
    const session: SessionRecord = {
      ...{ tenant: principal.tenant, sessionId, owner: principal.id, readers: [], title: title.trim() },
      ...{ createdAtMs: nowMs, updatedAtMs: nowMs },
    };
    const standing = await this.#ports.sessions.create(session);
    if (standing === undefined) return session;
    granted(standing, principal, mayRead);
    throw new VanaError('session_exists');
  }

  async getSession({ principal, sessionId }: CommandOf<'getSession'>): Promise<SessionRecord> {
    return sessionToRead(this.#ports.sessions, principal, sessionId);
  }

  async listSessions({ principal, limit, after }: CommandOf<'listSessions'>): Promise<SessionRecord[]> {
    return this.#ports.sessions.listOwned(principal.tenant, principal.id, limit, after);
  }

  async renameSession({ principal, sessionId, title }: CommandOf<'renameSession'>): Promise<SessionRecord> {
    const { sessions, publisher, clock } = this.#ports;
    requireSessionId(sessionId);
    let renamed = false;
    const session = await sessions.update({ tenant: principal.tenant, sessionId }, (standing) => {
      renamed = granted(standing, principal, mayWrite).title !== title.trim();
      return renamed ? { ...standing, title: title.trim(), updatedAtMs: clock.now() } : undefined;
    });
    const standing = granted(session, principal, mayWrite);
    if (renamed) await publisher.publish(standing, titleEvent(standing));
    return standing;
  }

  async getAgentNetwork(command: CommandOf<'getAgentNetwork'>): Promise<AgentNetworkSnapshot> {
    const session = await this.getSession(command);
    return (await this.#ports.views.of(session)).network.snapshot();
  }

  async deleteSession({ principal, sessionId }: CommandOf<'deleteSession'>): Promise<void> {
    const { sessions, clock, eraser, views } = this.#ports;
    const session = await sessionToWrite(sessions, principal, sessionId);
    if (session.activeRunId !== undefined) await this.#endRun(session.tenant, session.activeRunId);
    // A run that does not end in time, or began meanwhile, is stopped by its worker when it sees the tombstone.
    await sessions.remove({ tenant: session.tenant, sessionId }, clock.now());
    // After that nobody can read them any more; what cannot be erased now goes by its age.
    views.forget(session);
    await eraser.erase({ tenant: session.tenant, sessionId }).catch(this.#ports.onEraseFailed);
  }

  async shareSession(command: CommandOf<'shareSession'>): Promise<SessionRecord> {
    const { reader } = command;
    return this.#changeReaders(command, (session) => {
      if (session.owner === reader || session.readers.includes(reader)) return undefined;
      if (session.readers.length >= MAX_READERS) {
        throw new VanaError('too_many_readers', { details: { limit: MAX_READERS } });
      }
      return [...session.readers, reader];
    });
  }

  async unshareSession(command: CommandOf<'unshareSession'>): Promise<SessionRecord> {
    const { reader } = command;
    return this.#changeReaders(command, (session) =>
      session.readers.includes(reader) ? session.readers.filter((id) => id !== reader) : undefined,
    );
  }

  /** @param next the readers from now on; `undefined` leaves them */
  async #changeReaders(
    { principal, sessionId, reader }: CommandOf<'shareSession'>,
    next: (session: SessionRecord) => readonly string[] | undefined,
  ): Promise<SessionRecord> {
    const { sessions, clock } = this.#ports;
    requireSessionId(sessionId);
    if (!isPrincipalId(reader)) throw new VanaError('invalid_principal');
    const changed = await sessions.update({ tenant: principal.tenant, sessionId }, (session) => {
      const readers = next(granted(session, principal, mayWrite));
      return readers && { ...session, readers, updatedAtMs: clock.now() };
    });
    // A tombstone is not changed, and none is no session: both are refused here.
    return granted(changed, principal, mayWrite);
  }

  async #endRun(tenant: string, runId: string): Promise<void> {
    const { runs, cancel, lost, clock } = this.#ports;
    const run = await runs.get(tenant, runId);
    if (run === undefined || isTerminal(run.status)) return;
    if (isLost(run, clock.now())) await lost.end(run, CANCELLED);
    else await cancel.requestAndWait(run);
  }
}

function titleEvent({ sessionId, title, updatedAtMs }: SessionRecord): StoredEvent {
  return validateEvent({
    schemaVersion: SCHEMA_VERSION,
    type: 'session_updated',
    channel: 'chat',
    sessionId,
    data: { status: 'renamed', title },
    id: `session:title:${updatedAtMs}`,
    createdAt: new Date(updatedAtMs).toISOString(),
  });
}
