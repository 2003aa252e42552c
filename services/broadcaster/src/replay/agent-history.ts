// The last agent events of a principal's own sessions. The predecessor had one network for all users and
// showed everybody's; here nothing but owned sessions is ever read.
import type { BlockBody, Principal, SessionKey } from '@vana/events';
import type { SessionStore } from '@vana/run-state';
import type { Clock, EventLog, LogEntry } from '@vana/stream-core';
import type { OpenConnections } from '../connections/open-connections.js';
import { eventBlock } from '../http/blocks.js';

/** Newest sessions that are looked at. */
const MAX_SESSIONS = 100;
/** Sessions that are read at the same time. */
const READ_AT_ONCE = 8;
const PAGE_SIZE = 200;
/** Agent events that lie further back in their session are not recent. */
const MAX_PAGES = 5;

export class AgentHistory {
  constructor(
    private readonly sessions: Pick<SessionStore, 'listOwned'>,
    private readonly log: EventLog,
    private readonly clock: Pick<Clock, 'now'>,
    private readonly connections: Pick<OpenConnections, 'assertNotDraining'>,
  ) {}

  /**
   * At most `limit` events, newest last. The bus stream has one sequence for all sessions: their order.
   * @throws VanaError shutting_down | store_unavailable | bus_unavailable
   */
  async recent(principal: Principal, limit: number): Promise<BlockBody[]> {
    this.connections.assertNotDraining();
    const sessions = await this.sessions.listOwned(principal.tenant, principal.id, MAX_SESSIONS);
    const { epoch } = this.log;
    let newest: LogEntry[] = [];
    for (let at = 0; at < sessions.length; at += READ_AT_ONCE) {
      const floor = newest.length < limit ? 0 : newest[0]!.seq;
      const found = await Promise.all(
        sessions.slice(at, at + READ_AT_ONCE).map((session) => this.#ofSession(session, limit, floor)),
      );
      newest = [newest, ...found]
        .flat()
        .sort((a, b) => a.seq - b.seq)
        .slice(-limit);
    }
    return newest.map((entry) => eventBlock(epoch, entry));
  }

  /** Nothing at or before `floor` can be among the newest. */
  async #ofSession(session: SessionKey, limit: number, floor: number): Promise<LogEntry[]> {
    const found: LogEntry[] = [];
    let before = Infinity;
    for (let page = 0; page < MAX_PAGES && found.length < limit; page++) {
      const entries = await this.log.readBackward(session, before, PAGE_SIZE);
      found.push(...entries.filter((entry) => entry.seq > floor && this.#isShown(entry)));
      const first = entries[0];
      if (!first || first.prev <= floor) break;
      before = first.seq;
    }
    return found;
  }

  #isShown({ event, storedAtMs }: LogEntry): boolean {
    const expired = event.ttl !== undefined && storedAtMs + event.ttl * 1_000 < this.clock.now();
    return event.channel === 'agents' && !expired;
  }
}
