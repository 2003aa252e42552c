// A session's stored events as JSON pages, read from the log.
import { parsePosition, type EventPageBody, type Principal, type SessionKey } from '@vana/events';
import type { EventLog, EventPage, FeedTable } from '@vana/stream-core';
import type { OpenConnections } from '../connections/open-connections.js';
import type { SessionAccess } from '../access/session-access.js';
import { eventBlock } from '../http/blocks.js';

const seqOf = (position: string): number => parsePosition(position)?.seq ?? 0;

export class EventPages {
  constructor(
    private readonly feeds: Pick<FeedTable, 'readPage'>,
    private readonly log: Pick<EventLog, 'epoch'>,
    private readonly access: SessionAccess,
    private readonly connections: Pick<OpenConnections, 'assertNotDraining'>,
  ) {}

  /** @throws VanaError session_not_found | session_gone | shutting_down | store_unavailable | bus_unavailable */
  async page(
    session: SessionKey,
    principal: Principal,
    after: string | undefined,
    limit: number,
  ): Promise<EventPageBody> {
    this.connections.assertNotDraining();
    await this.access.checkOpen(session, principal, () => undefined);
    return pageBody(session.sessionId, this.log.epoch, await this.feeds.readPage(session, after, limit));
  }
}

/** A page tells of one gap, before its first event: it ends where another one begins. */
export function pageBody(sessionId: string, epoch: string, page: EventPage): EventPageBody {
  const firstSeq = page.events[0]?.seq ?? Infinity;
  const gap = page.gaps.find(({ to }) => seqOf(to) < firstSeq);
  const cut = page.gaps.find(({ from }) => seqOf(from) >= firstSeq);
  const events = cut ? page.events.filter(({ seq }) => seq <= seqOf(cut.from)) : page.events;
  return {
    session_id: sessionId,
    events: events.map((entry) => eventBlock(epoch, entry)),
    next: cut?.from ?? page.next,
    ...(page.reset ? { reset: page.reset } : {}),
    ...(gap ? { gap: { from: gap.from, to: gap.to, reason: 'retention' } } : {}),
  };
}
