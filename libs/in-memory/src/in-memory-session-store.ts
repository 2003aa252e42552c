// Sessions of the embedded set-up: one process, so the map is the truth and there is nothing to cache.
import { sessionKeyString, type SessionKey } from '@vana/events';
import { changeSession, tombstoneOf, type SessionPlace, type SessionRecord, type SessionStore } from '@vana/run-state';
import { ChangeListeners } from './change-listeners.js';

export class InMemorySessionStore implements SessionStore {
  readonly #records = new Map<string, SessionRecord>();
  readonly #listeners: ChangeListeners<SessionRecord>;

  constructor(options: { onListenerError?: (error: unknown) => void } = {}) {
    this.#listeners = new ChangeListeners(options.onListenerError);
  }

  async create(record: SessionRecord): Promise<SessionRecord | undefined> {
    const standing = this.#records.get(sessionKeyString(record));
    if (standing === undefined) this.#put(record);
    return standing;
  }

  async get(key: SessionKey): Promise<SessionRecord | undefined> {
    return this.#records.get(sessionKeyString(key));
  }

  async update(
    key: SessionKey,
    change: (record: SessionRecord) => SessionRecord | undefined,
  ): Promise<SessionRecord | undefined> {
    const standing = this.#records.get(sessionKeyString(key));
    const next = standing && changeSession(standing, change);
    if (next === undefined) return standing;
    this.#put(next);
    return next;
  }

  async remove(key: SessionKey, deletedAtMs: number): Promise<void> {
    await this.update(key, (record) => tombstoneOf(record, deletedAtMs));
  }

  async listOwned(tenant: string, owner: string, limit: number, after?: SessionPlace): Promise<SessionRecord[]> {
    return [...this.#records.values()]
      .filter((record) => record.tenant === tenant && record.owner === owner && record.deletedAtMs === undefined)
      .sort((a, b) => b.createdAtMs - a.createdAtMs || (a.sessionId < b.sessionId ? -1 : 1))
      .filter((record) => isAfter(record, after))
      .slice(0, Math.max(0, limit));
  }

  onChange(listener: (record: SessionRecord) => void): () => void {
    return this.#listeners.add(listener);
  }

  #put(record: SessionRecord): void {
    this.#records.set(sessionKeyString(record), record);
    this.#listeners.tell(record);
  }
}

function isAfter({ createdAtMs, sessionId }: SessionRecord, place: SessionPlace | undefined): boolean {
  if (place === undefined) return true;
  return createdAtMs < place.createdAtMs || (createdAtMs === place.createdAtMs && sessionId > place.sessionId);
}
