// The runs that this pod works on: a fixed number at once, each stopped when somebody cancels it or deletes its
// session, all of them ended before the pod goes.
import { VanaError } from '@vana/events';
import type { RunRecord } from '@vana/run-state';
import { RunExecution, type ExecutionPorts } from './run-execution.js';

/** A place for one run, taken before anything is written. */
export interface RunSlot {
  /** Works on the run and gives the place back when it has ended. */
  start(run: RunRecord): void;
  /** Gives an unused place back. Idempotent. */
  release(): void;
}

export class RunWorker {
  readonly #ports: ExecutionPorts;
  readonly #executions = new Map<RunExecution, Promise<void>>();
  readonly #stopListening: (() => void)[];
  readonly #idleWaiters = new Set<() => void>();
  #slots = 0;
  #phase: 'open' | 'draining' | 'stopping' | 'leaving' = 'open';
  #closed: Promise<void> | undefined;

  constructor(ports: ExecutionPorts) {
    this.#ports = ports;
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

  /** @throws VanaError too_many_runs | shutting_down */
  reserve(): RunSlot {
    if (this.#phase !== 'open') throw new VanaError('shutting_down');
    if (this.#slots >= this.#ports.limits.runsPerPod) throw new VanaError('too_many_runs');
    this.#slots++;
    let taken = true;
    const release = (): void => {
      if (!taken) return;
      taken = false;
      if (--this.#slots === 0) for (const tell of this.#idleWaiters) tell();
    };
    return { start: (run) => this.#start(run, release), release };
  }

  /** Whether the run is on this pod. */
  worksOn(tenant: string, runId: string): boolean {
    return this.#find(tenant, runId) !== undefined;
  }

  /** Aborts the run's engine at once when it is on this pod. Resolves when its place is free again. */
  async cancel(tenant: string, runId: string): Promise<void> {
    const execution = this.#find(tenant, runId);
    execution?.stop('cancelled');
    if (execution) await this.#executions.get(execution);
  }

  /** Runs on this pod by status. */
  counts(): { queued: number; running: number } {
    let running = 0;
    for (const execution of this.#executions.keys()) if (execution.running) running++;
    return { queued: this.#executions.size - running, running };
  }

  /**
   * Takes no more runs, lets those at work end for the grace, then ends them as `failed` (shutting_down).
   * Resolves when their ends are stored, or when the patience for that is over: such a run is lost and is
   * healed by the next start on its session. Idempotent.
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

  #start(run: RunRecord, release: () => void): void {
    const execution = new RunExecution(this.#ports, run);
    // A start that had its place before the pod began to stop.
    if (this.#phase === 'stopping') execution.stop('shutting_down');
    if (this.#phase === 'leaving') execution.giveUp();
    const done = execution.execute().finally(() => {
      this.#executions.delete(execution);
      release();
    });
    this.#executions.set(execution, done);
  }

  async #close(): Promise<void> {
    const { shutdownGraceMs, endPatienceMs } = this.#ports.limits;
    this.#phase = 'draining';
    await this.#idleWithin(shutdownGraceMs);
    this.#phase = 'stopping';
    for (const execution of this.#executions.keys()) execution.stop('shutting_down');
    await this.#idleWithin(endPatienceMs);
    this.#phase = 'leaving';
    for (const execution of this.#executions.keys()) execution.giveUp();
    await Promise.all(this.#executions.values());
    for (const stop of this.#stopListening) stop();
  }

  #idleWithin(ms: number): Promise<void> {
    if (this.#slots === 0) return Promise.resolve();
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
