// Sessions in a JetStream KV bucket, which is the truth, with Redis in front where there is one.
import { SESSIONS_BUCKET, VanaError, isValidId, sessionKeyString, type SessionKey } from '@vana/events';
import { changeSession, tombstoneOf, type SessionPlace, type SessionRecord, type SessionStore } from '@vana/run-state';
import type { NatsConnection } from '@nats-io/transport-node';
import { openBucket, type BucketOptions } from './bucket.js';
import { KvRecords, type Stored } from './kv-records.js';
import { OwnerIndex, indexKey } from './owner-index.js';
import { sessionCodec } from './record-codec.js';
import { RecordWatch } from './record-watch.js';
import { SessionCache, type RedisCommands } from './session-cache.js';
import type { StoreObserver } from './store-observer.js';

export interface KvSessionStoreOptions extends BucketOptions {
  /** Without it every read goes to the bucket. */
  readonly redis?: RedisCommands | undefined;
  /** How old a record from Redis can be at most, milliseconds. Default 10 s. */
  readonly cacheTtlMs?: number;
  readonly observer?: StoreObserver;
}

export class KvSessionStore implements SessionStore {
  readonly #records: KvRecords<SessionRecord>;
  readonly #owners: OwnerIndex;
  readonly #watch: RecordWatch<SessionRecord>;
  readonly #cache: SessionCache | undefined;

  private constructor(
    records: KvRecords<SessionRecord>,
    owners: OwnerIndex,
    watch: RecordWatch<SessionRecord>,
    cache: SessionCache | undefined,
  ) {
    this.#records = records;
    this.#owners = owners;
    this.#watch = watch;
    this.#cache = cache;
    watch.onChange((stored) => cache?.changed(stored));
  }

  /** Opens the bucket, or creates it. @throws VanaError store_unavailable */
  static async open(nc: NatsConnection, options: KvSessionStoreOptions = {}): Promise<KvSessionStore> {
    const { redis, observer = {}, cacheTtlMs: ttlMs = 10_000 } = options;
    const bucket = await openBucket(nc, SESSIONS_BUCKET, options);
    const watch = await RecordWatch.start(nc, bucket, sessionCodec, observer);
    const now = (): number => performance.now();
    const cache = redis && new SessionCache(redis, { ttlMs, epoch: bucket.epoch, observer, now });
    return new KvSessionStore(new KvRecords(bucket, sessionCodec), new OwnerIndex(bucket), watch, cache);
  }

  async create(record: SessionRecord): Promise<SessionRecord | undefined> {
    const key = recordKey(record);
    const standing = await this.#records.get(key);
    if (standing !== undefined) return standing.record;
    await this.#owners.add(record);
    const { created, stored } = await this.#records.create(key, record);
    if (created) await this.#changed(stored);
    else if (indexKey(stored.record) !== indexKey(record)) await this.#owners.remove(record);
    return created ? undefined : stored.record;
  }

  async get(key: SessionKey, { fresh = false }: { fresh?: boolean } = {}): Promise<SessionRecord | undefined> {
    const name = recordKey(key);
    const cached = fresh ? undefined : await this.#cache?.read(key);
    if (cached !== undefined) return cached;
    const stored = await this.#records.get(name);
    if (stored !== undefined) void this.#cache?.write(stored);
    return stored?.record;
  }

  async update(
    key: SessionKey,
    change: (record: SessionRecord) => SessionRecord | undefined,
  ): Promise<SessionRecord | undefined> {
    const result = await this.#records.update(recordKey(key), (standing) => changeSession(standing, change));
    if (result?.written === true) await this.#changed(result.stored);
    return result?.stored.record;
  }

  async remove(key: SessionKey, deletedAtMs: number): Promise<void> {
    const tombstone = await this.update(key, (standing) => tombstoneOf(standing, deletedAtMs));
    if (tombstone !== undefined) await this.#owners.remove(tombstone);
  }

  async listOwned(tenant: string, owner: string, limit: number, after?: SessionPlace): Promise<SessionRecord[]> {
    if (!isValidId(tenant)) return [];
    const ids = await this.#owners.sessionIds(tenant, owner, after);
    const found: SessionRecord[] = [];
    // As many at a time as are still wanted: entries without a living session make another round.
    for (let next = 0; next < ids.length && found.length < limit;) {
      const wanted = ids.slice(next, (next += limit - found.length));
      const stored = await Promise.all(wanted.map((sessionId) => this.#records.find(`${tenant}.${sessionId}`)));
      const records = stored.map((each) => each?.record).filter((record) => record !== undefined);
      found.push(...records.filter((record) => record.owner === owner && record.deletedAtMs === undefined));
    }
    return found;
  }

  onChange(listener: (record: SessionRecord) => void): () => void {
    return this.#watch.onChange(({ record }) => listener(record));
  }

  /** Ends the watch. The connection stays open: it is the caller's. Idempotent. */
  close(): void {
    this.#watch.close();
  }

  /** Awaited by the caller of a change, so that its own next read does not find the old record. */
  async #changed(stored: Stored<SessionRecord>): Promise<void> {
    this.#cache?.changed(stored);
    await this.#cache?.write(stored);
  }
}

/** Every door has checked the ids; here they would name other keys of the bucket. */
function recordKey(key: SessionKey): string {
  if (!isValidId(key.tenant) || !isValidId(key.sessionId)) throw new VanaError('invalid_session_id');
  return sessionKeyString(key);
}
