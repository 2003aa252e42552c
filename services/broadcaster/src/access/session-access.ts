// May this principal read this session? Asked here again although the gateway asked before: installations
// may expose broadcasters directly. Unknown and foreign sessions are answered alike.
import { VanaError, sessionKeyString, type Principal, type SessionKey } from '@vana/events';
import { mayRead, type RevocationStore, type SessionRecord, type SessionStore } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';

interface Notice {
  readonly record: SessionRecord;
  readonly atMs: number;
}

/** Longer than any cache in front of the store keeps a record. */
const NOTICE_TTL_MS = 60_000;
const MAX_NOTICES = 10_000;

export class SessionAccess {
  /** The last changes that this pod was told of, oldest first: newer than what a cache may still say. */
  readonly #notices = new Map<string, Notice>();

  constructor(
    private readonly sessions: Pick<SessionStore, 'get'>,
    private readonly revocations: Pick<RevocationStore, 'covers'>,
    private readonly clock: Pick<Clock, 'now'>,
  ) {}

  /**
   * Calls `enter` in the same step in which the answer is decided, so that no change of the session can
   * slip in between the check and what `enter` registers. Its result is passed on.
   * @throws VanaError session_not_found (unknown or foreign) | unauthenticated (revoked meanwhile) | store_unavailable
   */
  async check<T>(session: SessionKey, principal: Principal, enter: (state: 'open' | 'deleted') => T): Promise<T> {
    const key = sessionKeyString(session);
    const lets = (record: SessionRecord | undefined): boolean =>
      record !== undefined && record.deletedAtMs === undefined && mayRead(record, principal);

    let record = await this.sessions.get(session);
    const notice = this.#notices.get(key);
    if (!lets(record) || (notice && !lets(notice.record))) {
      record = await this.sessions.get(session, { fresh: true });
      const later = this.#notices.get(key);
      if (later && later !== notice) record = later.record;
    }
    if (!record || !mayRead(record, principal)) throw new VanaError('session_not_found');
    if (this.revocations.covers(principal, session.sessionId)) throw new VanaError('unauthenticated');
    return enter(record.deletedAtMs === undefined ? 'open' : 'deleted');
  }

  /** @throws VanaError session_not_found | session_gone | store_unavailable */
  async checkOpen<T>(session: SessionKey, principal: Principal, enter: () => T): Promise<T> {
    return this.check(session, principal, (state) => {
      if (state === 'deleted') throw new VanaError('session_gone');
      return enter();
    });
  }

  /** To be told of every change of a session. */
  changed(record: SessionRecord): void {
    const key = sessionKeyString(record);
    const atMs = this.clock.now();
    this.#notices.delete(key);
    this.#notices.set(key, { record, atMs });
    for (const [oldest, notice] of this.#notices) {
      if (this.#notices.size <= MAX_NOTICES && atMs - notice.atMs < NOTICE_TTL_MS) return;
      this.#notices.delete(oldest);
    }
  }
}
