// A page of a session's stored events for readers who want JSON instead of a stream; same positions.
import { formatPosition, parsePosition, type Resume, type SessionKey } from '@vana/events';
import { itemsFromLog } from './feed-item.js';
import type { EventLog } from './ports/event-log.js';
import type { LogEntry } from './ports/log-entry.js';

export interface EventPage {
  readonly events: readonly LogEntry[];
  /** Position after the page, as an SSE id: `after` of the next one. */
  readonly next: string;
  /** Ranges (from, to] of this page that retention has dropped. */
  readonly gaps: readonly { readonly from: string; readonly to: string }[];
  /** The given position could not be used; the page begins with the oldest retained event. */
  readonly reset?: NonNullable<Resume['reason']>;
}

/**
 * @param after SSE id; `undefined`: from the oldest retained event
 * @param limit events at most, ≥ 1
 * @throws VanaError bus_unavailable
 */
export async function readEventPage(
  log: EventLog,
  session: SessionKey,
  after: string | undefined,
  limit: number,
): Promise<EventPage> {
  const { epoch } = log;
  const given = after === undefined ? undefined : parsePosition(after);
  const reset =
    after === undefined ? undefined : !given ? 'invalid_position' : given.epoch !== epoch ? 'epoch_changed' : undefined;
  const start = reset === undefined && given ? given.seq : 0;
  // The tail is asked first: an event stored in between must not make a good position look foreign.
  const tail = start > 0 ? await log.lastSeq(session) : 0;
  const entries = await log.read(session, start, limit);
  const run = itemsFromLog(start, entries, (from, entry) => ({ from, to: entry.seq, entry }));
  if (run.reset || tail < start) {
    return { ...(await readEventPage(log, session, undefined, limit)), reset: 'position_unknown' };
  }
  // Without a position nothing was promised, so what is gone from the front is no gap.
  const gaps = run.items.filter((item) => item.gap && item.from > 0);
  const last = run.items.at(-1)?.to ?? start;
  return {
    events: run.items.flatMap((item) => item.entry ?? []),
    next: formatPosition(epoch, last),
    gaps: gaps.map(({ from, to }) => ({ from: formatPosition(epoch, from), to: formatPosition(epoch, to) })),
    ...(reset === undefined ? {} : { reset }),
  };
}
