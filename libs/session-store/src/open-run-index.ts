// Which runs have not ended: one key without a value per run, so that the sweeper need not read every run there is.
// An entry may outlive its run for a moment; whoever lists looks at the record.
import type { QueuedRun } from '@vana/run-state';
import type { Bucket } from './bucket.js';
import { atStore } from './store-errors.js';

const PREFIX = 'open';

export class OpenRunIndex {
  readonly #bucket: Bucket;

  constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** Idempotent. @throws VanaError store_unavailable */
  async add(run: QueuedRun): Promise<void> {
    await atStore(this.#bucket.kv.put(indexKey(run), ''));
  }

  /** Leaves no trace of the entry. Idempotent. @throws VanaError store_unavailable */
  async remove(run: QueuedRun): Promise<void> {
    const { jsm, stream, subject } = this.#bucket;
    await atStore(jsm.streams.purge(stream, { filter: subject(indexKey(run)) }));
  }

  /** @throws VanaError store_unavailable */
  async list(): Promise<QueuedRun[]> {
    const { jsm, stream, subject } = this.#bucket;
    const { state } = await atStore(jsm.streams.info(stream, { subjects_filter: subject(`${PREFIX}.*.*`) }));
    return Object.keys(state.subjects ?? {}).map((found) => {
      const [tenant, runId] = found.split('.').slice(-2);
      return { tenant: tenant!, runId: runId! };
    });
  }
}

function indexKey({ tenant, runId }: QueuedRun): string {
  return `${PREFIX}.${tenant}.${runId}`;
}
