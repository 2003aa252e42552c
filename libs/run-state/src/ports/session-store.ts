// Port: sessions. The truth is one record per session; caches in front are confirmed at the truth
// before a denial or a miss is answered. Adapters: JetStream KV with Redis in front, in-memory.
import type { SessionKey } from '@vana/events';
import type { SessionPlace } from './orchestrator-commands.js';
import type { SessionRecord } from '../session-record.js';

export interface SessionStore {
  /**
   * Stores a new session unless the id was ever used in its tenant.
   * @returns `undefined` when created, else the record that stands there (perhaps a tombstone)
   * @throws VanaError store_unavailable
   */
  create(record: SessionRecord): Promise<SessionRecord | undefined>;

  /**
   * The record, tombstones included; `undefined` only when the truth has none. A live record may come from a
   * cache and be some seconds old; with `fresh` it is read at the truth: ask so before a denial.
   * @throws VanaError store_unavailable
   */
  get(key: SessionKey, options?: { fresh?: boolean }): Promise<SessionRecord | undefined>;

  /**
   * Changes a record by compare-and-set: `change` is called with the newest record (again if somebody
   * else was faster) and returns the new one, or `undefined` to leave it. It must be pure. Tombstones
   * are not changed; key, owner and creation time stay whatever it returns.
   * @returns the record as it stands afterwards; `undefined` when there is none
   * @throws VanaError store_unavailable | store_conflict (lost the race too often)
   */
  update(
    key: SessionKey,
    change: (record: SessionRecord) => SessionRecord | undefined,
  ): Promise<SessionRecord | undefined>;

  /**
   * Puts a tombstone in place of the record. Idempotent.
   * @throws VanaError store_unavailable
   */
  remove(key: SessionKey, deletedAtMs: number): Promise<void>;

  /**
   * Sessions owned by a principal, newest first (then by id), tombstones left out; `after` is the last of the page
   * before.
   * @throws VanaError store_unavailable
   */
  listOwned(tenant: string, owner: string, limit: number, after?: SessionPlace): Promise<SessionRecord[]>;

  /** Tells of every change of a record by any pod, tombstones included. Returns the stop function. */
  onChange(listener: (record: SessionRecord) => void): () => void;
}
