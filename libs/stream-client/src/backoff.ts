// How long to wait before the next attempt: full-jitter exponential, in rounds.
import type { ClientClock } from './clock.js';

export interface RetryOptions {
  /** Attempts in a round before the client gives up. Default 5. */
  readonly maxAttempts?: number;
  /** Upper bound of the first wait, ms. Default 1,000. */
  readonly baseMs?: number;
  /** Upper bound of every wait, ms. Default 30,000. */
  readonly maxMs?: number;
}

export class Backoff {
  #failures = 0;
  readonly #maxAttempts: number;
  readonly #baseMs: number;
  readonly #maxMs: number;

  constructor(
    private readonly clock: ClientClock,
    { maxAttempts = 5, baseMs = 1_000, maxMs = 30_000 }: RetryOptions = {},
  ) {
    this.#maxAttempts = maxAttempts;
    this.#baseMs = baseMs;
    this.#maxMs = maxMs;
  }

  get failures(): number {
    return this.#failures;
  }

  reset(): void {
    this.#failures = 0;
  }

  /**
   * Counts a failure.
   * @param hintMs the server's `retry:`, the least to wait
   * @returns the wait in ms, or `undefined` when the round is over
   */
  next(hintMs = 0): number | undefined {
    this.#failures++;
    if (this.#failures >= this.#maxAttempts) return undefined;
    const bound = Math.min(this.#maxMs, this.#baseMs * 2 ** (this.#failures - 1));
    return Math.min(this.#maxMs, Math.max(hintMs, this.clock.random() * bound));
  }
}
