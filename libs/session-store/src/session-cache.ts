// Sessions in Redis, in front of the bucket. Only a live record is ever taken from it, and never one older
// than what this pod knows of: a change that it made or was told. Redis may be empty, slow, wrong or down.
import { sessionKeyString, type SessionKey } from '@vana/events';
import type { SessionRecord } from '@vana/run-state';
import type { Redis } from 'ioredis';
import type { Stored } from './kv-records.js';
import { sessionCodec } from './record-codec.js';
import { PUT_SCRIPT } from './scripts/put-script.js';
import type { StoreObserver } from './store-observer.js';

/** A guarded Redis connection (time-out, breaker): `RedisLink` of event-history-redis. */
export interface RedisCommands {
  run<T>(command: (redis: Redis) => Promise<T>): Promise<T>;
}

export interface SessionCacheOptions {
  /** How old a record from the cache can be at most. */
  readonly ttlMs: number;
  /** Goes into the keys, so that records of another life of the bucket are not found. */
  readonly epoch: string;
  readonly observer: StoreObserver;
  /** Milliseconds of any clock that does not jump. */
  readonly now: () => number;
}

export class SessionCache {
  readonly #redis: RedisCommands;
  readonly #options: SessionCacheOptions;
  /** Newest revision known of recently changed sessions, in order of time. */
  readonly #known = new Map<string, { readonly revision: number; readonly untilMs: number }>();

  constructor(redis: RedisCommands, options: SessionCacheOptions) {
    this.#redis = redis;
    this.#options = options;
  }

  /** A live record; `undefined` means nothing. Never rejects. */
  async read(key: SessionKey): Promise<SessionRecord | undefined> {
    try {
      const [revision, text] = await this.#redis.run((redis) => redis.hmget(this.#redisKey(key), 'revision', 'record'));
      const known = this.#known.get(sessionKeyString(key))?.revision ?? 0;
      const record = text ? sessionCodec.decode(text) : undefined;
      const usable = record?.tenant === key.tenant && record.sessionId === key.sessionId;
      return usable && record.deletedAtMs === undefined && Number(revision) >= known ? record : undefined;
    } catch (error) {
      this.#options.observer.cacheFailed?.('read', error);
      return undefined;
    }
  }

  /** Puts what was read or written at the truth, tombstones included. Never rejects. */
  async write({ record, revision }: Stored<SessionRecord>): Promise<void> {
    try {
      const args = [String(revision), JSON.stringify(record), this.#options.ttlMs];
      await this.#redis.run((redis) => redis.eval(PUT_SCRIPT, 1, this.#redisKey(record), ...args));
    } catch (error) {
      this.#options.observer.cacheFailed?.('write', error);
    }
  }

  /** From now on an older record of the session is not taken from the cache. */
  changed({ record, revision }: Stored<SessionRecord>): void {
    const key = sessionKeyString(record);
    const nowMs = this.#options.now();
    if (revision > (this.#known.get(key)?.revision ?? 0)) {
      this.#known.delete(key);
      // Long enough for an old record that is still on its way into the cache to expire there.
      this.#known.set(key, { revision, untilMs: nowMs + 3 * this.#options.ttlMs });
    }
    for (const [old, { untilMs }] of this.#known) {
      if (untilMs > nowMs) break;
      this.#known.delete(old);
    }
  }

  #redisKey(key: SessionKey): string {
    return `vana:session:{${sessionKeyString(key)}}:${this.#options.epoch}`;
  }
}
