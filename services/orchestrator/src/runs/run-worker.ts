// The runs that this pod works on: taken from the queue, a fixed number at once, each stopped when somebody cancels
// it or deletes its session, all of them ended or handed over before the pod goes.
import { VanaError } from '@vana/events';
import { isLost, isTerminal, type RunDelivery, type RunQueue, type RunRecord } from '@vana/run-state';
import type { LostRuns } from './lost-runs.js';
import { pause } from './pause.js';
import type { RunBoard } from './run-board.js';
import { releaseSession } from './run-ending.js';
import { RunExecution, type ExecutionOutcome, type ExecutionPorts } from './run-execution.js';
import { RunLease } from './run-lease.js';
import { RunStopped } from './run-stop.js';

export type WorkerPorts = ExecutionPorts & { readonly queue: RunQueue };

export class RunWorker {
  readonly #ports: WorkerPorts;
  readonly #board: RunBoard;
  readonly #lost: LostRuns;
  readonly #executions = new Map<RunExecution, Promise<ExecutionOutcome>>();
  readonly #stopListening: (() => void)[];
  readonly #idleWaiters = new Set<() => void>();
  readonly #leaving = new AbortController();
  #onFreeSlot: () => void = () => undefined;
  #slots = 0;
  #phase: 'open' | 'draining' | 'stopping' | 'leaving' = 'open';
  #closed: Promise<void> | undefined;

  constructor(ports: WorkerPorts, board: RunBoard, lost: LostRuns) {
    this.#ports = ports;
    this.#board = board;
    this.#lost = lost;
    this.#stopListening = [
      ports.runs.onChange((run) => {
        if (run.cancelRequested) void this.cancel(run.tenant, run.runId);
      }),
      ports.sessions.onChange((session) => {
        if (session.deletedAtMs === undefined) return;
        for (const execution of this.#executions.keys()) {
          const { tenant, sessionId } = execution.run;
          if (tenant === session.tenant && sessionId === session.sessionId) execution.stop('cancelled');
        }
      }),
    ];
  }

  /** Takes runs from the queue from now on. */
  start(): void {
    void this.#pull();
  }

  /** Whether this pod takes new runs. @throws VanaError shutting_down */
  ensureOpen(): void {
    if (this.#phase !== 'open') throw new VanaError('shutting_down');
  }

  /** Whether the run is on this pod. */
  worksOn(tenant: string, runId: string): boolean {
    return this.#find(tenant, runId) !== undefined;
  }

  /** Aborts the run's engine at once when it is on this pod. Resolves when that has ended. */
  async cancel(tenant: string, runId: string): Promise<void> {
    const execution = this.#find(tenant, runId);
    execution?.stop('cancelled');
    if (execution) await this.#executions.get(execution);
  }

  /** Ends a run that was cancelled while it waited, without waiting for a place. */
  endQueued(run: RunRecord): void {
    if (this.worksOn(run.tenant, run.runId)) return;
    const execution = new RunExecution(this.#ports, run);
    execution.stop('cancelled');
    void this.#execute(execution);
  }

  /** Runs at work on this pod. */
  get running(): number {
    let running = 0;
    for (const execution of this.#executions.keys()) if (execution.running) running++;
    return running;
  }

  /**
   * Takes no more runs, lets those at work end for the grace, then hands them over: another pod goes on with them.
   * Resolves when that is stored, or when the patience for it is over: then their leases pass. Idempotent.
   */
  close(): Promise<void> {
    this.#closed ??= this.#close();
    return this.#closed;
  }

  #find(tenant: string, runId: string): RunExecution | undefined {
    for (const execution of this.#executions.keys()) {
      if (execution.run.tenant === tenant && execution.run.runId === runId) return execution;
    }
    return undefined;
  }

  async #pull(): Promise<void> {
    const { queue, clock, limits, observer } = this.#ports;
    const { signal } = this.#leaving;
    while (!signal.aborted) {
      if (this.#slots >= limits.runsPerPod) await new Promise<void>((resolve) => (this.#onFreeSlot = resolve));
      try {
        const delivery = await queue.next(signal);
        if (delivery) void this.#take(delivery);
      } catch (error) {
        observer.queueFailed(error);
        await pause(clock, limits.retryMaxMs, signal).catch(() => undefined);
      }
    }
  }

  /** Never rejects. */
  async #take(delivery: RunDelivery): Promise<void> {
    this.#slots++;
    const { limits, observer } = this.#ports;
    try {
      const again = await this.#handle(delivery);
      if (again === 'done') await delivery.done();
      else delivery.giveBack(again);
    } catch (error) {
      observer.queueFailed(error);
      delivery.giveBack(limits.retryMaxMs);
    } finally {
      this.#slots--;
      this.#onFreeSlot();
      this.#tellIfIdle();
    }
  }

  /** @returns `done`, or after how many milliseconds somebody is to look again */
  async #handle(delivery: RunDelivery): Promise<'done' | number> {
    const { runs, limits, clock } = this.#ports;
    const run = await runs.get(delivery.tenant, delivery.runId);
    if (run === undefined || run.worker !== undefined) return 'done';
    if (isTerminal(run.status)) return this.#afterEnd(run);
    if (await this.#isOrphan(run)) return this.#endSilently(run);
    const nowMs = clock.now();
    if (run.status === 'running' && !isLost(run, nowMs)) return (run.leaseUntilMs ?? nowMs) - nowMs + 1;
    if (isLost(run, nowMs) && (run.attempts ?? 1) >= limits.maxAttempts) {
      await this.#lost.end(run);
      return 'done';
    }
    if (run.status === 'queued' && this.#board.runningOf(run) >= limits.runsPerPrincipal) return limits.putAsideMs;
    const execution = new RunExecution(this.#ports, run, () => delivery.working());
    if (run.cancelRequested) execution.stop('cancelled');
    const outcome = await this.#execute(execution);
    if (outcome === 'ended') return 'done';
    return outcome === 'handed_over' ? 0 : limits.retryMaxMs;
  }

  #execute(execution: RunExecution): Promise<ExecutionOutcome> {
    // One that came before the pod began to stop.
    if (this.#phase === 'stopping') execution.stop('shutting_down');
    if (this.#phase === 'leaving') execution.giveUp();
    const done = execution.execute().finally(() => {
      this.#executions.delete(execution);
      this.#tellIfIdle();
    });
    this.#executions.set(execution, done);
    return done;
  }

  /** Its pod may have died between the run's end and the session's release. */
  async #afterEnd(run: RunRecord): Promise<'done'> {
    await releaseSession(this.#ports.sessions, run, this.#ports.clock.now());
    return 'done';
  }

  async #isOrphan({ tenant, sessionId }: RunRecord): Promise<boolean> {
    const session = await this.#ports.sessions.get({ tenant, sessionId });
    return session === undefined || session.deletedAtMs !== undefined;
  }

  /** Nobody can read of it any more. */
  async #endSilently(run: RunRecord): Promise<'done' | number> {
    const lease = await RunLease.acquire(this.#ports, run);
    if (lease === undefined) return this.#ports.limits.retryMaxMs;
    await lease.finish('cancelled', 'session_deleted');
    return 'done';
  }

  async #close(): Promise<void> {
    const { shutdownGraceMs, endPatienceMs } = this.#ports.limits;
    this.#phase = 'draining';
    this.#leaving.abort(new RunStopped('shutting_down'));
    this.#onFreeSlot();
    await this.#idleWithin(shutdownGraceMs);
    this.#phase = 'stopping';
    for (const execution of this.#executions.keys()) execution.stop('shutting_down');
    await this.#idleWithin(endPatienceMs);
    this.#phase = 'leaving';
    for (const execution of this.#executions.keys()) execution.giveUp();
    await Promise.all(this.#executions.values());
    for (const stop of this.#stopListening) stop();
  }

  get #isIdle(): boolean {
    return this.#slots === 0 && this.#executions.size === 0;
  }

  #tellIfIdle(): void {
    if (this.#isIdle) for (const tell of this.#idleWaiters) tell();
  }

  #idleWithin(ms: number): Promise<void> {
    if (this.#isIdle) return Promise.resolve();
    return new Promise((resolve) => {
      const settle = (): void => {
        cancelTimer();
        this.#idleWaiters.delete(settle);
        resolve();
      };
      const cancelTimer = this.#ports.clock.schedule(ms, settle);
      this.#idleWaiters.add(settle);
    });
  }
}
