// Finds what fell into a gap: a run that waits or was lost and has no notice in the queue (its pod died between record
// and notice, or the queue was lost). Every pod sweeps; adding a notice twice adds one.
import { isLost, queuedRunKey, type RunQueue, type RunRecord, type RunStore, type SessionStore } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { LostRuns } from './lost-runs.js';
import type { RunBoard } from './run-board.js';
import type { RunLimits } from './run-limits.js';
import type { RunObserver } from './run-observer.js';

export interface SweeperPorts {
  readonly queue: RunQueue;
  readonly runs: RunStore;
  readonly sessions: SessionStore;
  readonly clock: Clock;
  readonly limits: RunLimits;
  readonly observer: RunObserver;
}

/** A draft that no session has named for that long never will be. */
const STALE_DRAFT_MS = 3_600_000;

export class RunSweeper {
  readonly #ports: SweeperPorts;
  readonly #board: RunBoard;
  readonly #lost: LostRuns;
  #cancelTimer: () => void = () => undefined;
  #closed = false;

  constructor(ports: SweeperPorts, board: RunBoard, lost: LostRuns) {
    this.#ports = ports;
    this.#board = board;
    this.#lost = lost;
  }

  /** The first sweep comes at once: a pod that starts knows then what is open. */
  start(): void {
    void this.sweep().finally(() => this.#next());
  }

  /** Never rejects. */
  async sweep(): Promise<void> {
    try {
      const open = await this.#board.refresh();
      const held = await this.#ports.queue.held();
      for (const run of open) await this.#look(run, held);
    } catch (error) {
      this.#ports.observer.sweepFailed(error);
    }
  }

  close(): void {
    this.#closed = true;
    this.#cancelTimer();
  }

  #next(): void {
    if (this.#closed) return;
    this.#cancelTimer = this.#ports.clock.schedule(this.#ports.limits.sweepEveryMs, () => this.start());
  }

  async #look(run: RunRecord, held: ReadonlySet<string>): Promise<void> {
    const { clock, queue, limits } = this.#ports;
    const nowMs = clock.now();
    if (run.worker === 'outside') {
      if (isLost(run, nowMs)) await this.#lost.end(run);
      return;
    }
    if (held.has(queuedRunKey(run))) return;
    if (isLost(run, nowMs)) return queue.add(run);
    // Younger ones are about to be added by the pod that took them.
    if (run.status !== 'queued' || nowMs - run.createdAtMs < limits.sweepEveryMs) return;
    const session = await this.#ports.sessions.get({ tenant: run.tenant, sessionId: run.sessionId });
    if (session?.activeRunId === run.runId) await queue.add(run);
    else if (nowMs - run.createdAtMs > STALE_DRAFT_MS) await this.#dropDraft(run);
  }

  async #dropDraft({ tenant, runId }: RunRecord): Promise<void> {
    const { runs, clock } = this.#ports;
    await runs.update(tenant, runId, (run) =>
      run.status === 'queued' && (run.leaseUntilMs ?? 0) <= clock.now()
        ? { ...run, status: 'failed', endedAtMs: clock.now(), reason: 'never_started' }
        : undefined,
    );
  }
}
