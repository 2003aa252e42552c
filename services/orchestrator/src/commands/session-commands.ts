// Commands about sessions: create, look, list, delete.
import { randomUUID } from 'node:crypto';
import { VanaError } from '@vana/events';
import {
  isLost,
  isTerminal,
  mayRead,
  type OrchestratorCommands,
  type RunStore,
  type SessionRecord,
  type SessionStore,
} from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { LostRuns } from '../runs/lost-runs.js';
import type { RunCancel } from '../runs/run-cancel.js';
import { granted, requireSessionId, sessionToRead, sessionToWrite } from './access.js';

export interface SessionCommandPorts {
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly cancel: RunCancel;
  readonly lost: LostRuns;
}

type Commands = Pick<OrchestratorCommands, 'createSession' | 'getSession' | 'listSessions' | 'deleteSession'>;
type CommandOf<Name extends keyof Commands> = Parameters<Commands[Name]>[0];

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

  async listSessions({ principal, limit }: CommandOf<'listSessions'>): Promise<SessionRecord[]> {
    return this.#ports.sessions.listOwned(principal.tenant, principal.id, limit);
  }

  async deleteSession({ principal, sessionId }: CommandOf<'deleteSession'>): Promise<void> {
    const { sessions, clock } = this.#ports;
    const session = await sessionToWrite(sessions, principal, sessionId);
    if (session.activeRunId !== undefined) await this.#endRun(session.tenant, session.activeRunId);
    // A run that does not end in time, or began meanwhile, is stopped by its worker when it sees the tombstone.
    await sessions.remove({ tenant: session.tenant, sessionId }, clock.now());
  }

  async #endRun(tenant: string, runId: string): Promise<void> {
    const { runs, cancel, lost, clock } = this.#ports;
    const run = await runs.get(tenant, runId);
    if (run === undefined || isTerminal(run.status)) return;
    if (isLost(run, clock.now())) await lost.end(run);
    else await cancel.requestAndWait(run);
  }
}
