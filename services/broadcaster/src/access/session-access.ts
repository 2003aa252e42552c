// May this principal read this session? Asked here again although the gateway asked before: installations
// may expose broadcasters directly. Unknown and foreign sessions are answered alike.
import { VanaError, sessionKeyString, type Principal, type SessionKey } from '@vana/events';
import { mayRead, type SessionRecord, type SessionStore } from '@vana/run-state';

interface Question {
  /** A change that came while the store was asked: newer than a cached answer. */
  changed?: SessionRecord;
}

export class SessionAccess {
  readonly #questions = new Map<string, Set<Question>>();

  constructor(private readonly sessions: Pick<SessionStore, 'get'>) {}

  /**
   * Calls `enter` in the same step in which the answer is decided, so that no change of the session can
   * slip in between the check and what `enter` registers. Its result is passed on.
   * @throws VanaError session_not_found (unknown or foreign) | store_unavailable
   */
  async check<T>(session: SessionKey, principal: Principal, enter: (state: 'open' | 'deleted') => T): Promise<T> {
    const question: Question = {};
    const forget = this.#ask(sessionKeyString(session), question);
    try {
      const stored = await this.sessions.get(session);
      const record = question.changed ?? stored;
      if (!record || !mayRead(record, principal)) throw new VanaError('session_not_found');
      return enter(record.deletedAtMs === undefined ? 'open' : 'deleted');
    } finally {
      forget();
    }
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
    for (const question of this.#questions.get(sessionKeyString(record)) ?? []) question.changed = record;
  }

  #ask(key: string, question: Question): () => void {
    const questions = this.#questions.get(key) ?? new Set();
    this.#questions.set(key, questions.add(question));
    return () => {
      questions.delete(question);
      if (questions.size === 0 && this.#questions.get(key) === questions) this.#questions.delete(key);
    };
  }
}
