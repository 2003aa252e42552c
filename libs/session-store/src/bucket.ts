// A JetStream KV bucket as our stores use it: one value per key, read at the stream's leader.
import { jetstream, jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import { Kvm, type KV } from '@nats-io/kv';
import type { NatsConnection } from '@nats-io/transport-node';
import { atStore } from './store-errors.js';

export interface BucketOptions {
  /** Copies of the bucket when it is created here: 1 or 3. Default 1. */
  readonly replicas?: 1 | 3;
  /** How long a record is kept, milliseconds; for ever when absent. Fixed when the bucket is created. */
  readonly ttlMs?: number;
  /** Time for one request, milliseconds. Default 2 s. */
  readonly timeoutMs?: number;
}

export interface Bucket {
  readonly kv: KV;
  readonly jsm: JetStreamManager;
  /** The bucket's stream, and its subject of a key. */
  readonly stream: string;
  readonly subject: (key: string) => string;
  /** Of this life of the bucket: a bucket that was deleted and made again has another one. */
  readonly epoch: string;
  /** Revision of the last change when the bucket was opened. */
  readonly lastRevision: number;
}

/** Opens the bucket, or creates it. @throws VanaError store_unavailable */
export async function openBucket(nc: NatsConnection, name: string, options: BucketOptions): Promise<Bucket> {
  const timeout = options.timeoutMs ?? 2_000;
  const jsm = await atStore(jetstreamManager(nc, { timeout, checkAPI: false }));
  const kvm = new Kvm(jetstream(nc, { timeout }));
  // Not from any replica: a follower may not have what another pod was already told is stored.
  const limits = options.ttlMs === undefined ? {} : { ttl: options.ttlMs };
  const bucket = kvm.create(name, { history: 1, replicas: options.replicas ?? 1, allow_direct: false, ...limits });
  const kv = await atStore(bucket);
  const { streamInfo } = await atStore(kv.status());
  return {
    kv,
    jsm,
    stream: streamInfo.config.name,
    subject: (key) => `$KV.${name}.${key}`,
    epoch: Date.parse(streamInfo.created).toString(36),
    lastRevision: streamInfo.state.last_seq,
  };
}
