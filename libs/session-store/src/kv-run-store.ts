// Runs in a JetStream KV bucket. Not cached: a run is claimed, renewed and ended by its record.
import { RUNS_BUCKET, VanaError, isValidId } from '@vana/events';
import { changeRun, isTerminal, type RunRecord, type RunStore } from '@vana/run-state';
import type { NatsConnection } from '@nats-io/transport-node';
import { openBucket, type BucketOptions } from './bucket.js';
import { KvRecords } from './kv-records.js';
import { OpenRunIndex } from './open-run-index.js';
import { runCodec } from './record-codec.js';
import { RecordWatch } from './record-watch.js';
import type { StoreObserver } from './store-observer.js';

const READ_AT_ONCE = 64;

export interface KvRunStoreOptions extends BucketOptions {
  readonly observer?: StoreObserver;
}

export class KvRunStore implements RunStore {
  readonly #records: KvRecords<RunRecord>;
  readonly #open: OpenRunIndex;
  readonly #watch: RecordWatch<RunRecord>;

  private constructor(records: KvRecords<RunRecord>, open: OpenRunIndex, watch: RecordWatch<RunRecord>) {
    this.#records = records;
    this.#open = open;
    this.#watch = watch;
  }

  /** Opens the bucket, or creates it. @throws VanaError store_unavailable */
  static async open(nc: NatsConnection, options: KvRunStoreOptions = {}): Promise<KvRunStore> {
    const bucket = await openBucket(nc, RUNS_BUCKET, options);
    const watch = await RecordWatch.start(nc, bucket, runCodec, options.observer ?? {});
    return new KvRunStore(new KvRecords(bucket, runCodec), new OpenRunIndex(bucket), watch);
  }

  async create(record: RunRecord): Promise<RunRecord | undefined> {
    const key = recordKey(record.tenant, record.runId);
    // First the index: an entry without its run is passed over, a run without its entry would never be found.
    await this.#open.add(record);
    const { created, stored } = await this.#records.create(key, record);
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
    const record = result?.stored.record;
    // Left there by a crash in between, the entry goes with the next list.
    if (record && result.written && isTerminal(record.status)) await this.#open.remove(record).catch(() => undefined);
    return record;
  }

  async listOpen(): Promise<RunRecord[]> {
    const found: RunRecord[] = [];
    const entries = await this.#open.list();
    for (let at = 0; at < entries.length; at += READ_AT_ONCE) {
      const some = entries.slice(at, at + READ_AT_ONCE);
      const stored = await Promise.all(some.map(({ tenant, runId }) => this.#records.find(recordKey(tenant, runId))));
      for (const each of stored) {
        if (each === undefined) continue;
        if (isTerminal(each.record.status)) await this.#open.remove(each.record);
        else found.push(each.record);
      }
    }
    return found.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.runId < b.runId ? -1 : 1));
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
