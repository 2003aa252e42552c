// Runs in a JetStream KV bucket. Not cached: a run is claimed, renewed and ended by its record.
import { RUNS_BUCKET, VanaError, isValidId } from '@vana/events';
import { changeRun, type RunRecord, type RunStore } from '@vana/run-state';
import type { NatsConnection } from '@nats-io/transport-node';
import { openBucket, type BucketOptions } from './bucket.js';
import { KvRecords } from './kv-records.js';
import { runCodec } from './record-codec.js';
import { RecordWatch } from './record-watch.js';
import type { StoreObserver } from './store-observer.js';

export interface KvRunStoreOptions extends BucketOptions {
  readonly observer?: StoreObserver;
}

export class KvRunStore implements RunStore {
  readonly #records: KvRecords<RunRecord>;
  readonly #watch: RecordWatch<RunRecord>;

  private constructor(records: KvRecords<RunRecord>, watch: RecordWatch<RunRecord>) {
    this.#records = records;
    this.#watch = watch;
  }

  /** Opens the bucket, or creates it. @throws VanaError store_unavailable */
  static async open(nc: NatsConnection, options: KvRunStoreOptions = {}): Promise<KvRunStore> {
    const bucket = await openBucket(nc, RUNS_BUCKET, options);
    const watch = await RecordWatch.start(nc, bucket, runCodec, options.observer ?? {});
    return new KvRunStore(new KvRecords(bucket, runCodec), watch);
  }

  async create(record: RunRecord): Promise<RunRecord | undefined> {
    const { created, stored } = await this.#records.create(recordKey(record.tenant, record.runId), record);
    return created ? undefined : stored.record;
  }

  async get(tenant: string, runId: string): Promise<RunRecord | undefined> {
    return (await this.#records.get(recordKey(tenant, runId)))?.record;
  }

  async update(
    tenant: string,
    runId: string,
    change: (record: RunRecord) => RunRecord | undefined,
  ): Promise<RunRecord | undefined> {
    const result = await this.#records.update(recordKey(tenant, runId), (standing) => changeRun(standing, change));
    return result?.stored.record;
  }

  onChange(listener: (record: RunRecord) => void): () => void {
    return this.#watch.onChange(({ record }) => listener(record));
  }

  /** Ends the watch. The connection stays open: it is the caller's. Idempotent. */
  close(): void {
    this.#watch.close();
  }
}

/** Every door has checked the ids; here they would name other keys of the bucket. */
function recordKey(tenant: string, runId: string): string {
  if (!isValidId(tenant) || !isValidId(runId)) throw new VanaError('invalid_run_id');
  return `${tenant}.${runId}`;
}
