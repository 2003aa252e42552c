// The events of one run as the log has them.
import type { SessionKey, StoredEvent } from '@vana/events';
import type { RunRecord } from '@vana/run-state';
import type { EventLog, LogEntry } from '@vana/stream-core';

const PAGE = 500;
/** A run's first event is not looked for further back than that many events of its session. */
const MAX_PAGES = 200;
/** Clocks of pods and of the bus may differ by that much. */
const CLOCK_SLACK_MS = 60_000;

/** In order; read backwards, to the run's beginning or what was stored before the run was. @throws VanaError bus_unavailable */
export async function storedEventsOf(log: EventLog, run: RunRecord): Promise<StoredEvent[]> {
  const session: SessionKey = { tenant: run.tenant, sessionId: run.sessionId };
  const pages: LogEntry[][] = [];
  let before = Infinity;
  for (let count = 0; count < MAX_PAGES; count++) {
    const page = await log.readBackward(session, before, PAGE);
    pages.unshift(page);
    const first = page[0];
    if (page.length < PAGE || first === undefined) break;
    if (first.storedAtMs < run.createdAtMs - CLOCK_SLACK_MS) break;
    before = first.seq;
  }
  return pages.flat().flatMap(({ event }) => (event.runId === run.runId ? [event] : []));
}
