// Views of the sessions that were asked for lately, brought up to date at every look. The log is the truth: a view
// that is forgotten, or made on two pods, comes out the same.
import { sessionKeyString, type SessionKey } from '@vana/events';
import type { EventLog } from '@vana/stream-core';
import { SessionView } from './session-view.js';

const PAGE = 500;
const MAX_VIEWS = 200;

interface Held {
  view: SessionView;
  epoch: string;
  /** Sequence of the last event in it. */
  seq: number;
  turn: Promise<void>;
}

export class SessionViews {
  readonly #log: EventLog;
  /** The one that was asked for longest ago first. */
  readonly #held = new Map<string, Held>();

  constructor(log: EventLog) {
    this.#log = log;
  }

  /** With every event that was stored before the call. @throws VanaError bus_unavailable */
  async of(session: SessionKey): Promise<SessionView> {
    const key = sessionKeyString(session);
    const held = this.#held.get(key) ?? { view: new SessionView(), epoch: '', seq: 0, turn: Promise.resolve() };
    this.#held.delete(key);
    this.#held.set(key, held);
    for (const old of this.#held.keys()) {
      if (this.#held.size <= MAX_VIEWS) break;
      this.#held.delete(old);
    }
    const updated = held.turn.then(() => this.#update(session, held));
    held.turn = updated.catch(() => undefined);
    await updated;
    return held.view;
  }

  forget(session: SessionKey): void {
    this.#held.delete(sessionKeyString(session));
  }

  async #update(session: SessionKey, held: Held): Promise<void> {
    if (held.epoch !== this.#log.epoch) {
      Object.assign(held, { view: new SessionView(), epoch: this.#log.epoch, seq: 0 });
    }
    for (let more = true; more;) {
      const page = await this.#log.read(session, held.seq, PAGE);
      for (const entry of page) held.view.apply(entry);
      held.seq = page.at(-1)?.seq ?? held.seq;
      more = page.length === PAGE;
    }
  }
}
