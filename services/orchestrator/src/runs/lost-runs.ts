// Ends runs whose worker is gone and that nobody is to go on with: too many attempts, cancelled, or an outside agent
// that fell silent. Told once, whoever tries.
import { VanaError } from '@vana/events';
import type { RunRecord } from '@vana/run-state';
import type { EventLog } from '@vana/stream-core';
import { deadline } from './pause.js';
import { failure, type RunEnd } from './run-end.js';
import { recordEnd, settleRun, type EndingPorts } from './run-ending.js';
import { Continuation } from './continuation.js';
import { RunLease, type LeasePorts } from './run-lease.js';
import { RunPublisher, type PublisherPorts } from './run-publisher.js';
import { RunStopped } from './run-stop.js';
import { storedEventsOf } from './stored-run.js';

export type LostRunPorts = EndingPorts & LeasePorts & PublisherPorts & { readonly log: EventLog };

export class LostRuns {
  readonly #ports: LostRunPorts;

  constructor(ports: LostRunPorts) {
    this.#ports = ports;
  }

  /**
   * Takes the run over and ends it.
   * @param end told unless the worker had stored an end before it was lost; default `failed` (run_lost)
   * @returns the run as it stands afterwards: not ended when another pod was faster or its worker came back
   * @throws VanaError bus_unavailable | store_unavailable | store_conflict: nothing is lost, try again later
   */
  async end(run: RunRecord, end: RunEnd = failure('run_lost')): Promise<RunRecord | undefined> {
    const lease = await RunLease.takeOver(this.#ports, run);
    if (!lease) return this.#ports.runs.get(run.tenant, run.runId);
    return this.endHeld(lease, end);
  }

  /** The same for a run that is held already. @throws as `end` */
  async endHeld(lease: RunLease, end: RunEnd): Promise<RunRecord | undefined> {
    const { runs, log, clock, limits, observer } = this.#ports;
    const run = lease.record;
    const patience = deadline(clock, limits.healPatienceMs, () => new VanaError('bus_unavailable'));
    try {
      const stored = new Continuation(run.runId, await storedEventsOf(log, run)).end;
      if (stored === undefined) {
        const publisher = new RunPublisher(this.#ports, run, lease);
        await settleRun(this.#ports, lease, publisher, end, patience.signal);
      } else {
        await recordEnd(this.#ports, lease, { status: stored }, patience.signal);
      }
      observer.lostRunEnded(run);
      return lease.record;
    } catch (error) {
      // It took longer than a lease, and somebody else went on with it.
      if (error instanceof RunStopped) return await runs.get(run.tenant, run.runId);
      throw error;
    } finally {
      patience.cancel();
    }
  }
}
