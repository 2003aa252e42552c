// Results of finished steps in a JetStream KV bucket. A run's steps go with its end; what a crash leaves goes by age.
import { createHash } from 'node:crypto';
import { STEPS_BUCKET, VanaError, isValidId } from '@vana/events';
import { MAX_STEP_BYTES, type QueuedRun, type StepStore } from '@vana/run-state';
import type { NatsConnection } from '@nats-io/transport-node';
import { openBucket, type Bucket, type BucketOptions } from './bucket.js';
import { atStore, isWrongRevision } from './store-errors.js';

const KEPT_MS = 24 * 3_600_000;

export class KvStepStore implements StepStore {
  readonly #bucket: Bucket;

  private constructor(bucket: Bucket) {
    this.#bucket = bucket;
  }

  /** Opens the bucket, or creates it. @throws VanaError store_unavailable */
  static async open(nc: NatsConnection, options: Omit<BucketOptions, 'ttlMs'> = {}): Promise<KvStepStore> {
    return new KvStepStore(await openBucket(nc, STEPS_BUCKET, { ...options, ttlMs: KEPT_MS }));
  }

  async get(run: QueuedRun, step: string): Promise<string | undefined> {
    const entry = await atStore(this.#bucket.kv.get(stepKey(run, step)));
    return entry?.operation === 'PUT' ? entry.string() : undefined;
  }

  async put(run: QueuedRun, step: string, json: string): Promise<void> {
    if (Buffer.byteLength(json) > MAX_STEP_BYTES) return;
    const stored = this.#bucket.kv.create(stepKey(run, step), json);
    await atStore(
      stored.catch((error: unknown) => {
        if (!isWrongRevision(error)) throw error;
      }),
    );
  }

  async forget(run: QueuedRun): Promise<void> {
    const { jsm, stream, subject } = this.#bucket;
    await atStore(jsm.streams.purge(stream, { filter: subject(`${runPrefix(run)}.*`) }));
  }
}

/** Names of steps may hold what a key may not. */
function stepKey(run: QueuedRun, step: string): string {
  return `${runPrefix(run)}.${createHash('sha256').update(step).digest('base64url')}`;
}

function runPrefix({ tenant, runId }: QueuedRun): string {
  if (!isValidId(tenant) || !isValidId(runId)) throw new VanaError('invalid_run_id');
  return `${tenant}.${runId}`;
}
