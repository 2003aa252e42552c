// How many readers may resume from history per second: when a pod is lost, all of its readers come to the
// others in one moment, and history and bus stream serve live events at the same time. A token bucket.
import type { Clock } from '@vana/stream-core';

export interface ResumeLimits {
  readonly resumesPerSecond: number;
  readonly resumeBurst: number;
}

export class ResumeBudget {
  #left: number;
  #atMs: number;

  constructor(
    private readonly limits: ResumeLimits,
    private readonly clock: Pick<Clock, 'now'>,
  ) {
    this.#left = limits.resumeBurst;
    this.#atMs = clock.now();
  }

  /** @returns false when the reader should come back a little later */
  take(): boolean {
    const nowMs = this.clock.now();
    const { resumesPerSecond, resumeBurst } = this.limits;
    // A clock that was set back gives nothing and takes nothing.
    const earned = (Math.max(0, nowMs - this.#atMs) / 1_000) * resumesPerSecond;
    this.#left = Math.min(resumeBurst, this.#left + earned);
    this.#atMs = nowMs;
    if (this.#left < 1) return false;
    this.#left -= 1;
    return true;
  }
}
