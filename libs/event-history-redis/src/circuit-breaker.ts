// Stops calling a server that does not answer: after some failures in a row calls are refused at once; after
// a pause one probe is let through, and its outcome closes the breaker or starts the next pause.
import type { Clock } from '@vana/stream-core';

export type BreakerState = 'closed' | 'open' | 'half_open';

export interface BreakerLimits {
  /** Failures in a row that open it. */
  readonly failureThreshold: number;
  /** Milliseconds between opening and the next probe. */
  readonly pauseMs: number;
}

export class CircuitBreaker {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: BreakerLimits;
  #failures = 0;
  #openedAtMs: number | undefined;
  #probing = false;
  /** Outcomes of calls from before the last change of state say nothing about now. */
  #generation = 0;

  constructor(clock: Pick<Clock, 'now'>, limits: BreakerLimits) {
    this.#clock = clock;
    this.#limits = limits;
  }

  /** `half_open`: the pause is over; the next call is the probe, or it is under way. */
  get state(): BreakerState {
    if (this.#openedAtMs === undefined) return 'closed';
    return this.#clock.now() - this.#openedAtMs < this.#limits.pauseMs ? 'open' : 'half_open';
  }

  /** @returns how to report the call's outcome, once; `undefined`: the call must not be made */
  enter(): ((succeeded: boolean) => void) | undefined {
    const { state } = this;
    if (state === 'open' || this.#probing) return undefined;
    this.#probing = state === 'half_open';
    const generation = this.#generation;
    return (succeeded) => {
      if (generation !== this.#generation) return;
      if (succeeded) this.#succeeded();
      else this.#failed();
    };
  }

  /** Closes it: the server is known to be well (a new connection was made). */
  reset(): void {
    this.#failures = 0;
    this.#openedAtMs = undefined;
    this.#probing = false;
    this.#generation++;
  }

  #succeeded(): void {
    this.#failures = 0;
    if (this.#openedAtMs !== undefined) this.reset();
  }

  #failed(): void {
    this.#failures++;
    if (this.#openedAtMs === undefined && this.#failures < this.#limits.failureThreshold) return;
    this.#openedAtMs = this.#clock.now();
    this.#probing = false;
    this.#generation++;
  }
}
