// Reading one session's stored messages, forward and backward, by the cheapest means for the number asked.
import { eventSubject, type SessionKey } from '@vana/events';
import type { LogEntry } from '@vana/stream-core';
import type { JetStreamClient, JetStreamManager } from '@nats-io/jetstream';
import type { BusObserver } from './bus-observer.js';
import { SessionCursor } from './session-cursor.js';
import { prevOf, toLogEntry, type StoredMessage } from './stored-message.js';
import { StreamLookups } from './stream-lookups.js';

/** Up to here single look-ups (0.2 ms each) are faster than making a consumer. */
const FEW = 12;
/** A session of at most this many events, or four times what is wanted, is read from its start. */
const SMALL_SESSION = 1_000;
const MAX_NARROWINGS = 20;

export class SessionReader {
  readonly #jsm: JetStreamManager;
  readonly #js: JetStreamClient;
  readonly #lookups: StreamLookups;
  readonly #observer: BusObserver;

  constructor(jsm: JetStreamManager, js: JetStreamClient, observer: BusObserver) {
    this.#jsm = jsm;
    this.#js = js;
    this.#lookups = new StreamLookups(jsm);
    this.#observer = observer;
  }

  async lastSeq(session: SessionKey): Promise<number> {
    return (await this.#lookups.leaderLast(eventSubject(session)))?.seq ?? 0;
  }

  async read(session: SessionKey, after: number, limit: number): Promise<LogEntry[]> {
    const subject = eventSubject(session);
    const entries: LogEntry[] = [];
    let from = after + 1;
    const take = (message: StoredMessage): void => {
      const entry = this.#entry(session, message);
      if (entry) entries.push(entry);
      from = message.seq + 1;
    };
    for (let n = 0; n < FEW && entries.length < limit; n++) {
      const message = await this.#lookups.nextAt(subject, from);
      if (!message) return entries;
      take(message);
    }
    while (entries.length < limit) {
      const missing = limit - entries.length;
      const page = await this.#page(subject, from, missing);
      page.forEach(take);
      if (page.length === missing) continue;
      const message = await this.#lookups.leaderNextAt(subject, from);
      if (!message) break;
      take(message);
    }
    return entries;
  }

  async readBackward(session: SessionKey, before: number, limit: number): Promise<LogEntry[]> {
    if (limit <= 0) return [];
    const subject = eventSubject(session);
    const newest = await this.#lastBefore(subject, before);
    if (!newest) return [];
    const messages =
      (limit > FEW ? undefined : await this.#walkBack(subject, newest, limit)) ??
      (await this.#window(subject, newest.seq, limit, before === Infinity));
    return messages.flatMap((message) => this.#entry(session, message) ?? []);
  }

  async #lastBefore(subject: string, before: number): Promise<StoredMessage | undefined> {
    const next = Number.isFinite(before) ? await this.#lookups.nextAt(subject, before) : undefined;
    if (!next) {
      const last = await this.#lookups.leaderLast(subject);
      // It was stored a moment ago, after the look-up above: its own predecessor is the one.
      return last && last.seq >= before ? this.#predecessor(subject, last) : last;
    }
    return this.#predecessor(subject, next);
  }

  /** The message that the chain names before this one, if it is still held. */
  async #predecessor(subject: string, message: StoredMessage): Promise<StoredMessage | undefined> {
    const prev = prevOf(message);
    if (prev === undefined) return (await this.#window(subject, message.seq, 2, false)).at(-2);
    return prev === 0 ? undefined : this.#lookups.at(subject, prev);
  }

  /** The last `limit` messages by the chain; `undefined` when a message on the way names none before it. */
  async #walkBack(subject: string, newest: StoredMessage, limit: number): Promise<StoredMessage[] | undefined> {
    const messages = [newest];
    while (messages.length < limit) {
      const prev = prevOf(messages[0]!);
      if (prev === undefined) return undefined;
      const message = prev === 0 ? undefined : await this.#lookups.at(subject, prev);
      if (!message) break;
      messages.unshift(message);
    }
    return messages;
  }

  /**
   * The last `limit` messages up to and with the one at `endSeq`, ascending. The place to start is found by
   * counting: a cursor tells how many messages there are from a sequence on.
   */
  async #window(subject: string, endSeq: number, limit: number, endIsLast: boolean): Promise<StoredMessage[]> {
    const behind = endIsLast ? 0 : (await this.#countFrom(subject, endSeq)) - 1;
    const acceptable = behind + Math.max(SMALL_SESSION, 4 * limit);
    let [low, high, missed] = [1, endSeq, false];
    let cursor = await this.#open(subject, low);
    for (let n = 0; n < MAX_NARROWINGS && cursor.count > acceptable && high - low > 1; n++) {
      // As if events lay evenly, twice as far to be safe; halving once that has failed.
      const share = missed ? 0.5 : Math.min(0.5, (2 * limit) / (cursor.count - behind));
      const guess = high - Math.ceil((high - low) * share);
      const narrower = await this.#open(subject, guess);
      missed = narrower.count - behind < limit;
      (missed ? narrower : cursor).close();
      if (missed) high = guess;
      else [low, cursor] = [guess, narrower];
    }
    const messages = await cursor.take(cursor.count - behind).finally(() => cursor.close());
    // A replica that lags behind, or a fetch cut short: what is missing up to the end is read after all.
    for (let from = (messages.at(-1)?.seq ?? low - 1) + 1; from <= endSeq; from = messages.at(-1)!.seq + 1) {
      const page = await this.#page(subject, from, limit);
      const next = page.length > 0 ? page : await this.#lookups.leaderNextAt(subject, from);
      if (!next) break;
      messages.push(...(Array.isArray(next) ? next : [next]));
    }
    return messages.filter((message) => message.seq <= endSeq).slice(-limit);
  }

  async #countFrom(subject: string, seq: number): Promise<number> {
    const cursor = await this.#open(subject, seq);
    cursor.close();
    return cursor.count;
  }

  #open(subject: string, fromSeq: number): Promise<SessionCursor> {
    return SessionCursor.open(this.#jsm, this.#js, subject, fromSeq);
  }

  async #page(subject: string, fromSeq: number, limit: number): Promise<StoredMessage[]> {
    const cursor = await this.#open(subject, fromSeq);
    try {
      return await cursor.take(limit);
    } finally {
      cursor.close();
    }
  }

  #entry(session: SessionKey, message: StoredMessage): LogEntry | undefined {
    const entry = toLogEntry(session, message);
    if (!entry) this.#observer.storedUnreadable(session, message.seq);
    return entry;
  }
}
