// Commands about runs: start, look, cancel. How a start's writes are ordered stands in runs/session-hold.ts.
import { VanaError, isValidId } from '@vana/events';
import {
  isLost,
  isTerminal,
  mayRead,
  mayWrite,
  type OrchestratorCommands,
  type RunQueue,
  type RunRecord,
  type RunStore,
  type SessionRecord,
  type SessionStore,
  type StartRun,
} from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { LostRuns } from '../runs/lost-runs.js';
import type { RunCancel } from '../runs/run-cancel.js';
import { CANCELLED } from '../runs/run-end.js';
import { releaseSession } from '../runs/run-ending.js';
import { newRunId, runIdOfKey } from '../runs/run-id.js';
import type { RunBoard } from '../runs/run-board.js';
import type { QueueAnnouncer } from '../runs/queue-announcer.js';
import type { RunObserver } from '../runs/run-observer.js';
import type { RunWorker } from '../runs/run-worker.js';
import type { SessionHold } from '../runs/session-hold.js';
import { granted, requireSessionId } from './access.js';
import { questionOf, titleOf } from './question.js';

export interface RunCommandPorts {
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly leaseMs: number;
  readonly queueLimit: number;
  readonly queue: RunQueue;
  readonly board: RunBoard;
  readonly announcer: QueueAnnouncer;
  readonly observer: RunObserver;
  readonly worker: RunWorker;
  readonly hold: SessionHold;
  readonly cancel: RunCancel;
  readonly lost: LostRuns;
}

type Asker = Parameters<OrchestratorCommands['getRun']>[0];

export class RunCommands implements Pick<OrchestratorCommands, 'startRun' | 'getRun' | 'cancelRun'> {
  readonly #ports: RunCommandPorts;

  constructor(ports: RunCommandPorts) {
    this.#ports = ports;
  }

  /** @param why what the run is for, besides answering its question */
  async startRun(command: StartRun, why: Pick<RunRecord, 'regenerates' | 'retryOf'> = {}): Promise<RunRecord> {
    const { worker, board, queueLimit } = this.#ports;
    const { run, isNew } = await this.take(command, { status: 'queued', ...why }, () => {
      worker.ensureOpen();
      if (board.queued >= queueLimit) throw new VanaError('too_many_runs');
    });
    if (isNew) await this.#enqueue(run);
    return run;
  }

  /**
   * A run's record, and its session takes it; nobody works on it yet.
   * @param shape what of the record depends on who works on it
   * @param admit throws when there is no room for one more
   * @throws as startRun
   */
  async take(
    command: StartRun,
    shape: Pick<RunRecord, 'status'> & Partial<RunRecord>,
    admit: () => void = () => undefined,
  ): Promise<{ run: RunRecord; isNew: boolean }> {
    const { principal, sessionId, idempotencyKey, onActive = 'refuse' } = command;
    const query = questionOf(command.query);
    const session = await this.sessionFor(command, query);
    const runId = idempotencyKey === undefined ? newRunId() : runIdOfKey(principal, sessionId, idempotencyKey);
    const started = idempotencyKey === undefined ? undefined : await this.#startedBefore(session, runId, query);
    if (started) return { run: started, isNew: false };

    admit();
    const { hold, runs, clock, leaseMs } = this.#ports;
    const nowMs = clock.now();
    const draft: RunRecord = {
      ...{ tenant: principal.tenant, runId, sessionId, owner: principal.id, query },
      ...{ cancelRequested: false, createdAtMs: nowMs, leaseUntilMs: nowMs + leaseMs },
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
      ...shape,
    };
    const ended = await hold.clear(session, runId, onActive);
    const standing = await runs.create(draft);
    const run = standing === undefined ? draft : await this.#adopt(standing, draft);
    // Two starts with one key at once: the other pod is ahead with the same run.
    if (run.status !== draft.status) return { run, isNew: false };
    await hold.take(run, titleOf(query), onActive, ended);
    return { run, isNew: true };
  }

  /** @throws VanaError run_active (details.runId), unless the active run is the one that `start` would give again */
  async ensureFree(session: SessionRecord, { principal, sessionId, idempotencyKey = '' }: StartRun): Promise<void> {
    const runId = runIdOfKey(principal, sessionId, idempotencyKey);
    await this.#ports.hold.clear(session, runId, 'refuse');
  }

  /** A run of the caller's own session. @throws VanaError invalid_run_id | run_not_found | store_unavailable */
  ownRun(asker: Asker): Promise<RunRecord> {
    return this.#find(asker, mayWrite);
  }

  async getRun({ principal, runId }: Asker): Promise<RunRecord> {
    return this.#find({ principal, runId }, mayRead);
  }

  async cancelRun({ principal, runId }: Asker): Promise<RunRecord> {
    const run = await this.#find({ principal, runId }, mayWrite);
    if (isTerminal(run.status)) return run;
    const { lost, cancel, clock } = this.#ports;
    const asked = isLost(run, clock.now()) ? await lost.end(run, CANCELLED) : await cancel.request(run);
    return asked ?? run;
  }

  /** The run is accepted already: where the queue is away, the sweeper adds the notice later. */
  async #enqueue(run: RunRecord): Promise<void> {
    const { queue, board, announcer, observer } = this.#ports;
    board.add(run);
    await queue.add(run).catch((error: unknown) => observer.retried(run, 'publish', error));
    announcer.follow(run);
  }

  /** The session, created for the caller if its id was never used. */
  async sessionFor(
    { principal, sessionId }: Pick<StartRun, 'principal' | 'sessionId'>,
    query: string,
  ): Promise<SessionRecord> {
    const { sessions, clock } = this.#ports;
    requireSessionId(sessionId);
    const key = { tenant: principal.tenant, sessionId };
    const standing = await sessions.get(key);
    if (standing) return granted(standing, principal, mayWrite);
    const nowMs = clock.now();
    const session: SessionRecord = {
      ...{ ...key, owner: principal.id, readers: [], title: titleOf(query) },
      ...{ createdAtMs: nowMs, updatedAtMs: nowMs },
    };
    return granted((await sessions.create(session)) ?? session, principal, mayWrite);
  }

  /** The run that a start with the same key began; `undefined` when there is none or only a draft. */
  async #startedBefore(session: SessionRecord, runId: string, query: string): Promise<RunRecord | undefined> {
    const { runs, sessions, clock } = this.#ports;
    const run = await runs.get(session.tenant, runId);
    if (run === undefined) return undefined;
    if (run.query !== query) throw new VanaError('idempotency_mismatch');
    const held = session.activeRunId === runId;
    const isDraft = run.status === 'queued' || (run.worker === 'outside' && run.status === 'running');
    if (isDraft && !held) return undefined;
    if (held && isTerminal(run.status)) await releaseSession(sessions, run, clock.now());
    return run;
  }

  /** A draft with this key's id stands already: it gets a new lease. */
  async #adopt(standing: RunRecord, draft: RunRecord): Promise<RunRecord> {
    if (standing.query !== draft.query) throw new VanaError('idempotency_mismatch');
    const { leaseUntilMs = 0 } = draft;
    const run = await this.#ports.runs.update(standing.tenant, standing.runId, (record) =>
      record.status === draft.status && (record.claimedBy === undefined || record.worker === 'outside')
        ? { ...record, leaseUntilMs }
        : undefined,
    );
    return run ?? standing;
  }

  async #find({ principal, runId }: Asker, may: typeof mayRead): Promise<RunRecord> {
    if (!isValidId(runId)) throw new VanaError('invalid_run_id');
    const { runs, sessions } = this.#ports;
    const run = await runs.get(principal.tenant, runId);
    const session = run && (await sessions.get({ tenant: run.tenant, sessionId: run.sessionId }));
    if (!run || !session || session.deletedAtMs !== undefined || !may(session, principal)) {
      throw new VanaError('run_not_found');
    }
    return run;
  }
}
