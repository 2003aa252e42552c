// Waiting longer after each failure, on the injected clock; one task at a time.
import type { Clock } from './ports/clock.js';

export class Backoff {
  #failures = 0;
  #cancel: (() => void) | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly firstMs: number,
    private readonly maxMs: number,
  ) {}

  /** Failures since the last success. */
  get failures(): number {
    return this.#failures;
  }

  schedule(task: () => void): void {
    const delayMs = Math.min(this.maxMs, this.firstMs * 2 ** this.#failures++);
    this.#cancel?.();
    this.#cancel = this.clock.schedule(delayMs, task);
  }

  reset(): void {
    this.#failures = 0;
  }

  cancel(): void {
    this.#cancel?.();
  }
}
