// Ends runs whose worker is gone: an `error` (run_lost) and `research_complete` {failed}, once, whoever tries.
import { VanaError } from '@vana/events';
import type { RunRecord, TerminalRunStatus } from '@vana/run-state';
import type { EventLog } from '@vana/stream-core';
import { deadline } from './pause.js';
import { failure } from './run-end.js';
import { recordEnd, settleRun, type EndingPorts } from './run-ending.js';
import { RunLease, type LeasePorts } from './run-lease.js';
import { RunPublisher, type PublisherPorts } from './run-publisher.js';
import { RunStopped } from './run-stop.js';

export type LostRunPorts = EndingPorts & LeasePorts & PublisherPorts & { readonly log?: EventLog };

const PAGE = 200;
/** More events than that after a run's end are not looked through. */
const MAX_PAGES = 100;

export class LostRuns {
  readonly #ports: LostRunPorts;

  constructor(ports: LostRunPorts) {
    this.#ports = ports;
  }

  /**
   * Takes the run over and ends it.
   * @returns the run as it stands afterwards: not ended when another pod was faster or its worker came back
   * @throws VanaError bus_unavailable | store_unavailable | store_conflict: nothing is lost, try again later
   */
  async end(run: RunRecord): Promise<RunRecord | undefined> {
    const { runs, clock, limits, observer } = this.#ports;
    const lease = await RunLease.takeOver(this.#ports, run);
    if (!lease) return runs.get(run.tenant, run.runId);
    const patience = deadline(clock, limits.healPatienceMs, () => new VanaError('bus_unavailable'));
    try {
      const stored = await storedEnd(this.#ports.log, run);
      if (stored === undefined) {
        const publisher = new RunPublisher(this.#ports, run, lease);
        await settleRun(this.#ports, lease, publisher, failure('run_lost'), patience.signal);
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

/** The status of the run's `research_complete`, if its worker had stored it before it was lost. */
async function storedEnd(log: EventLog | undefined, run: RunRecord): Promise<TerminalRunStatus | undefined> {
  if (log === undefined) return undefined;
  const session = { tenant: run.tenant, sessionId: run.sessionId };
  let before = Infinity;
  for (let page = 0; page < MAX_PAGES; page++) {
    const entries = await log.readBackward(session, before, PAGE);
    for (const { event } of entries.toReversed()) {
      if (event.runId !== run.runId) continue;
      if (event.type === 'research_complete') return event.data['status'] as TerminalRunStatus;
      if (event.type === 'research_started') return undefined;
    }
    if (entries.length < PAGE) return undefined;
    before = entries[0]!.seq;
  }
  return undefined;
}
