// Cancelling a run wherever it is worked on. The request in the store is the truth: a worker on this pod is told at
// once, the others see the record change. One that waits in the queue is ended by the pod that is asked.
import { isTerminal, type RunRecord, type RunStore } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { OutsideRuns } from '../outside/outside-runs.js';
import { deadline, unlessAborted } from './pause.js';
import { CANCELLED } from './run-end.js';
import type { RunLimits } from './run-limits.js';
import { RunStopped } from './run-stop.js';
import type { RunWorker } from './run-worker.js';

export interface CancelPorts {
  readonly runs: RunStore;
  readonly clock: Clock;
  readonly limits: RunLimits;
}

export class RunCancel {
  readonly #ports: CancelPorts;
  readonly #worker: RunWorker;
  readonly #outside: OutsideRuns;

  constructor(ports: CancelPorts, worker: RunWorker, outside: OutsideRuns) {
    this.#ports = ports;
    this.#worker = worker;
    this.#outside = outside;
  }

  /**
   * Asks the run to stop; one that has ended stays as it is.
   * @throws VanaError store_unavailable | store_conflict
   */
  async request({ tenant, runId }: RunRecord): Promise<RunRecord | undefined> {
    const run = await this.#ports.runs.update(tenant, runId, (record) =>
      isTerminal(record.status) || record.cancelRequested ? undefined : { ...record, cancelRequested: true },
    );
    if (run?.worker === 'outside' && !isTerminal(run.status)) return this.#outside.end(run, CANCELLED);
    if (run?.status === 'queued') this.#worker.endQueued(run);
    else void this.#worker.cancel(tenant, runId);
    return run;
  }

  /**
   * The same, and waits for its end, up to `cancelWaitMs`.
   * @returns the run as it stands then
   * @throws as `request`
   */
  async requestAndWait(run: RunRecord): Promise<RunRecord | undefined> {
    const { runs, clock, limits } = this.#ports;
    const patience = deadline(clock, limits.cancelWaitMs, () => new RunStopped('gave_up'));
    // On this pod the end counts when the run's place is free, elsewhere when its record says so.
    const here = this.#worker.worksOn(run.tenant, run.runId);
    const watch = this.#watch(run);
    try {
      const asked = await this.request(run);
      if (asked !== undefined && !isTerminal(asked.status)) {
        await unlessAborted(here ? this.#worker.cancel(run.tenant, run.runId) : watch.ended, patience.signal);
      }
    } catch (error) {
      if (error !== patience.signal.reason) throw error;
    } finally {
      patience.cancel();
      watch.stop();
    }
    return runs.get(run.tenant, run.runId);
  }

  #watch({ tenant, runId }: RunRecord): { ended: Promise<void>; stop: () => void } {
    let settle: () => void = () => undefined;
    const ended = new Promise<void>((resolve) => (settle = resolve));
    const stop = this.#ports.runs.onChange((changed) => {
      if (changed.tenant === tenant && changed.runId === runId && isTerminal(changed.status)) settle();
    });
    return { ended, stop };
  }
}
