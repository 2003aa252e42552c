// One active run per session: `SessionRecord.activeRunId`, changed by compare-and-set only.
//
// Order of writes when a run starts, and what a crash after each leaves:
// 1. The run's record, `queued`. It is a draft until its session names it: nobody knows its id, save by its
//    idempotency key, and a start with that key adopts it. It holds nothing and never runs by itself.
// 2. The session names the run: it is accepted. Its pod crashes here: the sweeper adds the notice.
// 3. The notice in the work queue. A worker claims the run (`running`) and renews its lease. Crash: the lease passes,
//    the notice comes to another worker, which takes the run over.
// 4. The end: events, record, session (see run-ending.ts). A session that names an ended run is free.
// A worker's claim and taking over a lost run are compare-and-sets on the record: only one of several happens.
import { VanaError, type SessionKey } from '@vana/events';
import {
  isLost,
  isTerminal,
  type RunRecord,
  type RunStore,
  type SessionRecord,
  type SessionStore,
} from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { LostRuns } from './lost-runs.js';
import type { RunCancel } from './run-cancel.js';
import { CANCELLED } from './run-end.js';

export interface HoldPorts {
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly clock: Clock;
}

/** How often a start tries again because other starts were faster each time. */
const TRIES = 5;

export class SessionHold {
  readonly #ports: HoldPorts;
  readonly #lost: LostRuns;
  readonly #cancel: RunCancel;

  constructor(ports: HoldPorts, lost: LostRuns, cancel: RunCancel) {
    this.#ports = ports;
    this.#lost = lost;
    this.#cancel = cancel;
  }

  /**
   * Makes sure that no other run holds the session: an active one is cancelled if so wished.
   * @returns the ended run that the session still names, if any
   * @throws VanaError run_active (details.runId) | bus_unavailable | store_unavailable | store_conflict
   */
  async clear(session: SessionRecord, runId: string, onActive: 'refuse' | 'cancel'): Promise<string | undefined> {
    const holder = session.activeRunId;
    if (holder === undefined || holder === runId) return undefined;
    let run = await this.#ports.runs.get(session.tenant, holder);
    // A lost one goes on elsewhere; nobody is there to hear of a cancel.
    const isHeard = run && !isLost(run, this.#ports.clock.now());
    if (run && !isHeard && onActive === 'cancel') run = await this.#lost.end(run, CANCELLED);
    if (run && !isTerminal(run.status) && onActive === 'cancel') run = await this.#cancel.requestAndWait(run);
    if (run && !isTerminal(run.status)) throw new VanaError('run_active', { details: { runId: holder } });
    return holder;
  }

  /**
   * Lets the session name the run. `title` is given to a session that has none.
   * @param ended what `clear` returned
   * @throws as `clear`; VanaError session_not_found | session_gone
   */
  async take(
    run: RunRecord,
    title: string,
    onActive: 'refuse' | 'cancel',
    ended: string | undefined,
  ): Promise<SessionRecord> {
    const key: SessionKey = { tenant: run.tenant, sessionId: run.sessionId };
    let over = ended;
    for (let attempt = 0; attempt < TRIES; attempt++) {
      const session = await this.#ports.sessions.update(key, (standing) => {
        if (standing.activeRunId !== undefined && standing.activeRunId !== over) return undefined;
        const named = standing.title === '' ? title : standing.title;
        return { ...standing, title: named, activeRunId: run.runId, updatedAtMs: this.#ports.clock.now() };
      });
      if (session === undefined) throw new VanaError('session_not_found');
      if (session.deletedAtMs !== undefined) throw new VanaError('session_gone');
      if (session.activeRunId === run.runId) return session;
      over = await this.clear(session, run.runId, onActive);
    }
    throw new VanaError('store_conflict');
  }
}
