// Every change of a bucket's records, by whichever pod, told to listeners in the bucket's order. Goes on
// after the last change told when the connection or the server was away; of several changes of one record
// in the meantime the last is told.
import { KvWatchInclude, type KvWatchEntry } from '@nats-io/kv';
import type { NatsConnection, QueuedIterator } from '@nats-io/transport-node';
import { setTimeout as pause } from 'node:timers/promises';
import type { Bucket } from './bucket.js';
import type { Stored } from './kv-records.js';
import type { RecordCodec } from './record-codec.js';
import { atStore } from './store-errors.js';
import type { StoreObserver } from './store-observer.js';

/** Record keys are `<tenant>.<id>`; other keys of a bucket have more parts. */
const RECORD_KEYS = '*.*';
const LONGEST_PAUSE_MS = 2_000;

type Listener<Rec> = (stored: Stored<Rec>) => void;

export class RecordWatch<Rec> {
  readonly #nc: NatsConnection;
  readonly #bucket: Bucket;
  readonly #codec: RecordCodec<Rec>;
  readonly #observer: StoreObserver;
  readonly #listeners = new Set<{ readonly tell: Listener<Rec> }>();
  readonly #closing = new AbortController();
  #nextRevision: number;
  #changes: QueuedIterator<KvWatchEntry> | undefined;

  private constructor(nc: NatsConnection, bucket: Bucket, codec: RecordCodec<Rec>, observer: StoreObserver) {
    this.#nc = nc;
    this.#bucket = bucket;
    this.#codec = codec;
    this.#observer = observer;
    this.#nextRevision = bucket.lastRevision + 1;
  }

  /** Resolves when every change after the bucket was opened will be told. @throws VanaError store_unavailable */
  static async start<Rec>(
    nc: NatsConnection,
    bucket: Bucket,
    codec: RecordCodec<Rec>,
    observer: StoreObserver,
  ): Promise<RecordWatch<Rec>> {
    const watch = new RecordWatch(nc, bucket, codec, observer);
    await atStore(watch.#subscribe());
    void watch.#follow();
    void watch.#resumeOnReconnect();
    return watch;
  }

  /** @returns the stop function; nothing is told after it was called */
  onChange(listener: Listener<Rec>): () => void {
    const registered = { tell: listener };
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  /** Idempotent. */
  close(): void {
    this.#closing.abort();
    this.#listeners.clear();
    this.#changes?.stop();
  }

  async #subscribe(): Promise<void> {
    this.#changes = await this.#bucket.kv.watch({
      key: RECORD_KEYS,
      include: KvWatchInclude.UpdatesOnly,
      resumeFromRevision: this.#nextRevision,
    });
    if (this.#closing.signal.aborted) this.#changes.stop();
  }

  get #over(): boolean {
    return this.#closing.signal.aborted || this.#nc.isClosed();
  }

  async #follow(): Promise<void> {
    while (!this.#over) {
      try {
        for await (const entry of this.#changes!) this.#tell(entry);
      } catch (error) {
        this.#observer.watchInterrupted?.(error);
      }
      await this.#resubscribe();
    }
  }

  async #resubscribe(): Promise<void> {
    for (let failures = 0; !this.#over; failures++) {
      try {
        return await this.#subscribe();
      } catch (error) {
        if (this.#over) return;
        this.#observer.watchInterrupted?.(error);
        const pauseMs = Math.min(50 * 2 ** failures, LONGEST_PAUSE_MS);
        await pause(pauseMs, undefined, { ref: false, signal: this.#closing.signal }).catch(() => undefined);
      }
    }
  }

  /** The server may have forgotten the watch with the connection, which it would itself notice after 10 s. */
  async #resumeOnReconnect(): Promise<void> {
    for await (const { type } of this.#nc.status()) {
      if (this.#over) return;
      if (type === 'reconnect') this.#changes?.stop();
    }
  }

  #tell(entry: KvWatchEntry): void {
    if (entry.revision < this.#nextRevision) return;
    this.#nextRevision = entry.revision + 1;
    if (entry.operation !== 'PUT') return;
    const record = this.#codec.decode(entry.string());
    if (record === undefined) {
      this.#observer.unreadableRecord?.(entry.key);
      return;
    }
    for (const listener of this.#listeners) {
      try {
        listener.tell({ record, revision: entry.revision });
      } catch (error) {
        this.#observer.listenerFailed?.(error);
      }
    }
  }
}
