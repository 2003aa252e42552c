// Revocations in a JetStream KV bucket; every pod holds all of them in memory and watches the bucket.
import { createHash } from 'node:crypto';
import { REVOCATIONS_BUCKET, VanaError, type Principal } from '@vana/events';
import { RevocationList, type Revocation, type RevocationStore } from '@vana/run-state';
import type { NatsConnection } from '@nats-io/transport-node';
import { openBucket, type Bucket, type BucketOptions } from './bucket.js';
import { revocationCodec } from './record-codec.js';
import { RecordWatch } from './record-watch.js';
import { atStore } from './store-errors.js';
import type { StoreObserver } from './store-observer.js';

/** nats-server 2.9 has no time to live per key: the bucket keeps everything longer than any token may live. */
const KEPT_MS = 31 * 24 * 3_600_000;
/** Records that are read at a time when a pod starts. */
const LOAD_AT_ONCE = 64;

export interface KvRevocationStoreOptions extends Omit<BucketOptions, 'ttlMs'> {
  readonly observer?: StoreObserver;
  /** Milliseconds since 1970. Default: the machine's clock. */
  readonly now?: () => number;
}

export class KvRevocationStore implements RevocationStore {
  readonly #list = new RevocationList();
  readonly #bucket: Bucket;
  readonly #watch: RecordWatch<Revocation>;
  readonly #now: () => number;

  private constructor(bucket: Bucket, watch: RecordWatch<Revocation>, now: () => number) {
    this.#bucket = bucket;
    this.#watch = watch;
    this.#now = now;
    watch.onChange(({ record }) => this.#list.add(record, this.#now()));
  }

  /** Resolves when everything that is stored is known. @throws VanaError store_unavailable */
  static async open(nc: NatsConnection, options: KvRevocationStoreOptions = {}): Promise<KvRevocationStore> {
    const { observer = {}, now = Date.now, ...bucketOptions } = options;
    const bucket = await openBucket(nc, REVOCATIONS_BUCKET, { ...bucketOptions, ttlMs: KEPT_MS });
    // First the watch, then what stands there: nothing falls in between.
    const watch = await RecordWatch.start(nc, bucket, revocationCodec, observer);
    const store = new KvRevocationStore(bucket, watch, now);
    try {
      await store.#load(observer);
      return store;
    } catch (error) {
      store.close();
      throw error;
    }
  }

  async revoke(revocation: Revocation): Promise<void> {
    await atStore(this.#bucket.kv.put(keyOf(revocation), encode(revocation)));
    this.#list.add(revocation, this.#now());
  }

  covers(principal: Principal, sessionId?: string): boolean {
    return this.#list.covers(principal, sessionId);
  }

  onRevoked(listener: (revocation: Revocation) => void): () => void {
    return this.#watch.onChange(({ record }) => listener(record));
  }

  /** Ends the watch. The connection stays open: it is the caller's. Idempotent. */
  close(): void {
    this.#watch.close();
  }

  async #load(observer: StoreObserver): Promise<void> {
    const { kv } = this.#bucket;
    const keys: string[] = [];
    for await (const key of await atStore(kv.keys())) keys.push(key);
    for (let at = 0; at < keys.length; at += LOAD_AT_ONCE) {
      const some = keys.slice(at, at + LOAD_AT_ONCE);
      for (const entry of await atStore(Promise.all(some.map((key) => kv.get(key))))) {
        if (entry?.operation !== 'PUT') continue;
        const revocation = revocationCodec.decode(entry.string());
        if (revocation === undefined) observer.unreadableRecord?.(entry.key);
        else this.#list.add(revocation, this.#now());
      }
    }
  }
}

/** Ids of tokens and principals may hold what a key may not, so the key has their hash. */
function keyOf({ tenant, kind, id }: Revocation): string {
  return `${kind}.${createHash('sha256').update(`${tenant}.${id}`).digest('base64url')}`;
}

function encode(revocation: Revocation): string {
  try {
    return revocationCodec.encode(revocation);
  } catch (cause) {
    throw new VanaError('internal', { cause });
  }
}
