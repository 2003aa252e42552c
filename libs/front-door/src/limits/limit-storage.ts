// Where @nestjs/throttler and the address limit count. What is known to be over a limit is not counted any
// further, so that a flood costs no look-up per request.
import type { ThrottlerStorage } from '@nestjs/throttler';
import type { Clock } from '@vana/stream-core';
import type { Counters } from './counters.js';

const MAX_BLOCKED = 10_000;

/** Times in seconds, as the throttler has them. */
type ThrottlerRecord = Awaited<ReturnType<ThrottlerStorage['increment']>>;

export class LimitStorage implements ThrottlerStorage {
  /** Until when keys are over their limit, milliseconds; in the order in which they went over it. */
  readonly #blocked = new Map<string, number>();

  constructor(
    private readonly counters: Counters,
    private readonly clock: Pick<Clock, 'now'>,
    /** Services count apart: a stream that a gateway relays is asked for twice. */
    private readonly service: string,
  ) {}

  /**
   * Counts one request. A key that is over the limit stays so to the end of the window.
   * @param key of the whole limit, its kind included
   */
  async increment(key: string, windowMs: number, limit: number): Promise<ThrottlerRecord> {
    const blockedMs = (this.#blocked.get(key) ?? 0) - this.clock.now();
    if (blockedMs > 0) return recordOf(limit + 1, limit, blockedMs);
    this.#blocked.delete(key);
    const { hits, resetMs } = await this.counters.hit(`${this.service}:${key}`, windowMs);
    if (hits > limit) this.#block(key, resetMs);
    return recordOf(hits, limit, resetMs);
  }

  #block(key: string, ms: number): void {
    this.#blocked.set(key, this.clock.now() + ms);
    for (const oldest of this.#blocked.keys()) {
      if (this.#blocked.size <= MAX_BLOCKED) return;
      this.#blocked.delete(oldest);
    }
  }
}

function recordOf(totalHits: number, limit: number, resetMs: number): ThrottlerRecord {
  const timeToExpire = Math.max(1, Math.ceil(resetMs / 1_000));
  const isBlocked = totalHits > limit;
  return { totalHits, timeToExpire, isBlocked, timeToBlockExpire: isBlocked ? timeToExpire : 0 };
}
