// Records of one kind in a bucket, changed by compare-and-set on their revision.
import { VanaError } from '@vana/events';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bucket } from './bucket.js';
import { KeyedQueue } from './keyed-queue.js';
import type { RecordCodec } from './record-codec.js';
import { atStore, isWrongRevision } from './store-errors.js';

export interface Stored<Rec> {
  readonly record: Rec;
  /** Rises with every change of any record of the bucket. */
  readonly revision: number;
}

/** `details.reason` of the error for a record that this version cannot read. */
const UNREADABLE = 'unreadable_record';
const UPDATE_ATTEMPTS = 20;
const LONGEST_PAUSE_MS = 32;

export class KvRecords<Rec> {
  readonly #bucket: Bucket;
  readonly #codec: RecordCodec<Rec>;
  readonly #queue = new KeyedQueue();

  constructor(bucket: Bucket, codec: RecordCodec<Rec>) {
    this.#bucket = bucket;
    this.#codec = codec;
  }

  /**
   * Stores the record unless there is one.
   * @returns what stands there now, and whether it is this one
   * @throws VanaError store_unavailable | store_conflict
   */
  async create(key: string, record: Rec): Promise<{ created: boolean; stored: Stored<Rec> }> {
    const value = this.#encode(record);
    try {
      return { created: true, stored: { record, revision: await this.#bucket.kv.create(key, value) } };
    } catch (error) {
      if (!isWrongRevision(error)) throw new VanaError('store_unavailable', { cause: error });
    }
    const stored = await this.get(key);
    if (stored === undefined) throw new VanaError('store_conflict');
    return { created: false, stored };
  }

  /** Read at the leader. @throws VanaError store_unavailable, also for a record that cannot be read */
  async get(key: string): Promise<Stored<Rec> | undefined> {
    const entry = await atStore(this.#bucket.kv.get(key));
    if (entry?.operation !== 'PUT') return undefined;
    const record = this.#codec.decode(entry.string());
    // Not "no such record": its id is taken and it has an owner.
    if (record === undefined) throw new VanaError('store_unavailable', { details: { reason: UNREADABLE } });
    return { record, revision: entry.revision };
  }

  /** As `get`, but a record that cannot be read counts as none: for lists. @throws VanaError store_unavailable */
  async find(key: string): Promise<Stored<Rec> | undefined> {
    return this.get(key).catch((error: unknown) => {
      if (error instanceof VanaError && error.details?.reason === UNREADABLE) return undefined;
      throw error;
    });
  }

  /**
   * Stores what `change` makes of the newest record; `undefined` leaves it. What `change` throws passes.
   * @returns what stands there now, and whether this call has written it
   * @throws VanaError store_unavailable | store_conflict
   */
  async update(
    key: string,
    change: (record: Rec) => Rec | undefined,
  ): Promise<{ written: boolean; stored: Stored<Rec> } | undefined> {
    return this.#queue.run(key, async () => {
      for (let attempt = 0; attempt < UPDATE_ATTEMPTS; attempt++) {
        const standing = await this.get(key);
        if (standing === undefined) return undefined;
        const record = change(standing.record);
        if (record === undefined) return { written: false, stored: standing };
        const revision = await this.#replace(key, record, standing.revision);
        if (revision !== undefined) return { written: true, stored: { record, revision } };
        // Another pod was faster. A random pause, so that two of them do not stay in step.
        await pause(Math.random() * Math.min(2 ** attempt, LONGEST_PAUSE_MS));
      }
      throw new VanaError('store_conflict');
    });
  }

  /** `undefined` when the record has changed since `revision`. */
  async #replace(key: string, record: Rec, revision: number): Promise<number | undefined> {
    const value = this.#encode(record);
    try {
      return await this.#bucket.kv.update(key, value, revision);
    } catch (error) {
      if (isWrongRevision(error)) return undefined;
      throw new VanaError('store_unavailable', { cause: error });
    }
  }

  #encode(record: Rec): string {
    try {
      return this.#codec.encode(record);
    } catch (cause) {
      throw new VanaError('internal', { cause });
    }
  }
}
