// One connection to a Redis that may be slow, down or absent. Nothing here waits for it: commands have a
// time-out, are refused while there is no connection, and a circuit breaker stands in front.
import { VanaError } from '@vana/events';
import type { Clock } from '@vana/stream-core';
import { Redis, type RedisOptions } from 'ioredis';
import { CircuitBreaker, type BreakerLimits, type BreakerState } from './circuit-breaker.js';

export interface RedisLinkOptions {
  /** Certificates in PEM that a `rediss://` server's own must come from. */
  readonly tlsCa?: string | undefined;
  /** Time for one command, milliseconds. Default 200. */
  readonly commandTimeoutMs?: number;
  /** How long `connectRedis` waits for the first connection. Default 1 s. */
  readonly connectWaitMs?: number;
  /** Default: open after 5 failures in a row, probe after 1 s. */
  readonly breaker?: Partial<BreakerLimits>;
  /** For the breaker; default a clock that never jumps. */
  readonly clock?: Pick<Clock, 'now'>;
  /** Told of connection errors, each time; may be called often while Redis is down. */
  readonly onError?: (error: Error) => void;
}

const MAX_RECONNECT_DELAY_MS = 2_000;
/** A connection that swallows commands without any answer (a lost peer) is given up after this. */
const SILENT_SOCKET_MS = 5_000;
const MONOTONIC_CLOCK = { now: (): number => performance.now() };

export class RedisLink {
  readonly #redis: Redis;
  readonly #breaker: CircuitBreaker;

  constructor(redis: Redis, breaker: CircuitBreaker) {
    this.#redis = redis;
    this.#breaker = breaker;
    redis.on('ready', () => breaker.reset());
  }

  /** `disconnected`, or what the breaker says. */
  get state(): BreakerState | 'disconnected' {
    return this.#redis.status === 'ready' ? this.#breaker.state : 'disconnected';
  }

  /**
   * Sends a command now or not at all. An error that Redis itself answers does not open the breaker: it
   * came in time.
   * @throws VanaError history_unavailable
   */
  async run<T>(command: (redis: Redis) => Promise<T>): Promise<T> {
    if (this.#redis.status !== 'ready') throw unavailable('disconnected');
    const settle = this.#breaker.enter();
    if (settle === undefined) throw unavailable('breaker_open');
    try {
      const answer = await command(this.#redis);
      settle(true);
      return answer;
    } catch (error) {
      const answered = error instanceof Error && error.name === 'ReplyError';
      settle(answered);
      throw unavailable(answered ? 'refused' : 'no_answer', error);
    }
  }

  /** Ends the connection at once; commands under way fail. Idempotent. */
  close(): void {
    if (this.#redis.status !== 'end') this.#redis.disconnect();
  }
}

/**
 * Connects to `redis://` or `rediss://` (TLS). Resolves when connected, when the first attempt has failed or
 * after `connectWaitMs`: a missing Redis stops nothing, and is connected to when it comes.
 * @throws VanaError settings_invalid when the URL is none
 */
export async function connectRedis(url: string, options: RedisLinkOptions = {}): Promise<RedisLink> {
  if (!['redis:', 'rediss:'].includes(URL.parse(url)?.protocol ?? '')) {
    const problem = 'must be a redis:// or rediss:// URL';
    throw new VanaError('settings_invalid', { details: { keys: [{ key: 'REDIS_URL', problem }] } });
  }
  const redis = new Redis(url, connectionOptions(options));
  redis.on('error', options.onError ?? (() => undefined));
  const limits = { failureThreshold: 5, pauseMs: 1_000, ...options.breaker };
  const link = new RedisLink(redis, new CircuitBreaker(options.clock ?? MONOTONIC_CLOCK, limits));
  await settledWithin(redis.connect(), options.connectWaitMs ?? 1_000);
  return link;
}

function connectionOptions(options: RedisLinkOptions) {
  return {
    ...(options.tlsCa === undefined ? {} : { tls: { ca: options.tlsCa } }),
    lazyConnect: true,
    enableReadyCheck: true,
    enableOfflineQueue: false,
    commandTimeout: options.commandTimeoutMs ?? 200,
    connectTimeout: 1_000,
    socketTimeout: SILENT_SOCKET_MS,
    // A command whose connection broke fails at once; the caller has the truth to turn to.
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
    retryStrategy: (attempt) => Math.random() * 50 + Math.min(50 * 2 ** Math.min(attempt, 10), MAX_RECONNECT_DELAY_MS),
    // After a failover the old primary answers so; a new connection finds the new one.
    reconnectOnError: (error) => error.message.startsWith('READONLY '),
  } satisfies RedisOptions;
}

/** Waits for `connection`, successful or not, but no longer than `waitMs`. */
async function settledWithin(connection: Promise<void>, waitMs: number): Promise<void> {
  const { promise: patience, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, waitMs);
  await Promise.race([connection.catch(() => undefined), patience]);
  clearTimeout(timer);
}

function unavailable(reason: string, cause?: unknown): VanaError {
  return new VanaError('history_unavailable', { details: { reason }, cause });
}
