// Runs that an agent outside works on: the platform tells their beginning and end, and holds their session.
import { VanaError } from '@vana/events';
import { isTerminal, type RunRecord, type RunStore } from '@vana/run-state';
import { deadline } from '../runs/pause.js';
import { startedEvent, type RunEnd } from '../runs/run-end.js';
import { settleRun, type EndingPorts } from '../runs/run-ending.js';
import { RunLease, type LeasePorts } from '../runs/run-lease.js';
import { RunPublisher, type PublisherPorts } from '../runs/run-publisher.js';
import { RunStopped } from '../runs/run-stop.js';

export type OutsideRunPorts = EndingPorts & LeasePorts & PublisherPorts & { readonly runs: RunStore };

/** A run of whose agent nothing is heard for so long is lost. */
export const OUTSIDE_LEASE_MS = 300_000;

export class OutsideRuns {
  readonly #ports: OutsideRunPorts;

  constructor(ports: OutsideRunPorts) {
    this.#ports = ports;
  }

  /** Told once the session names the run. @throws VanaError bus_unavailable */
  async begin(run: RunRecord): Promise<void> {
    const patience = this.#patience();
    try {
      await this.#publisher(run).step(startedEvent(run), patience.signal);
    } finally {
      patience.cancel();
    }
  }

  /** Its agent is alive. @throws VanaError store_unavailable | store_conflict */
  async renew(run: RunRecord): Promise<void> {
    const { runs, clock } = this.#ports;
    // Not with every batch.
    if ((run.leaseUntilMs ?? 0) - clock.now() > (OUTSIDE_LEASE_MS * 2) / 3) return;
    await runs.update(run.tenant, run.runId, (standing) =>
      isTerminal(standing.status) ? undefined : { ...standing, leaseUntilMs: clock.now() + OUTSIDE_LEASE_MS },
    );
  }

  /**
   * Ends the run. @returns the run as it stands afterwards
   * @throws VanaError bus_unavailable | store_unavailable | store_conflict
   */
  async end(run: RunRecord, end: RunEnd): Promise<RunRecord> {
    const { runs } = this.#ports;
    const lease = RunLease.held({ ...this.#ports, limits: { ...this.#ports.limits, leaseMs: OUTSIDE_LEASE_MS } }, run);
    const patience = this.#patience();
    try {
      await settleRun(this.#ports, lease, new RunPublisher(this.#ports, run, lease), end, patience.signal);
      return lease.record;
    } catch (error) {
      // Ended by somebody else meanwhile.
      if (!(error instanceof RunStopped)) throw error;
      return (await runs.get(run.tenant, run.runId)) ?? run;
    } finally {
      patience.cancel();
    }
  }

  #publisher(run: RunRecord): RunPublisher {
    return new RunPublisher(this.#ports, run, RunLease.held(this.#ports, run));
  }

  #patience(): { signal: AbortSignal; cancel: () => void } {
    const { clock, limits } = this.#ports;
    return deadline(clock, limits.healPatienceMs, () => new VanaError('bus_unavailable'));
  }
}
