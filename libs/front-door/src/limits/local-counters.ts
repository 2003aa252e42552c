// Counters of this process alone. Memory is bounded: a flood of new keys pushes the oldest windows out.
import type { Clock } from '@vana/stream-core';
import type { Count, Counters } from './counters.js';

const MAX_KEYS = 50_000;

export class LocalCounters implements Counters {
  /** In the order in which the windows began. */
  readonly #windows = new Map<string, { hits: number; endMs: number }>();

  constructor(
    private readonly clock: Pick<Clock, 'now'>,
    private readonly maxKeys = MAX_KEYS,
  ) {}

  async hit(key: string, windowMs: number): Promise<Count> {
    const nowMs = this.clock.now();
    let window = this.#windows.get(key);
    if (window === undefined || window.endMs <= nowMs) {
      this.#windows.delete(key);
      window = { hits: 0, endMs: nowMs + windowMs };
      this.#windows.set(key, window);
      this.#forgetOld(nowMs);
    }
    window.hits += 1;
    return { hits: window.hits, resetMs: window.endMs - nowMs };
  }

  #forgetOld(nowMs: number): void {
    for (const [key, { endMs }] of this.#windows) {
      if (endMs > nowMs && this.#windows.size <= this.maxKeys) return;
      this.#windows.delete(key);
    }
  }
}
