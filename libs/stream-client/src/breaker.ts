// Circuit breaker over rounds of attempts: after three lost rounds nothing is tried for half a minute,
// then one attempt decides.
import type { ClientClock } from './clock.js';
import type { BreakerState } from './states.js';

export interface BreakerOptions {
  /** Lost rounds that open it. Default 3. */
  readonly rounds?: number;
  /** How long it stays open, ms. Default 30,000. */
  readonly openMs?: number;
}

export class Breaker {
  #lostRounds = 0;
  #openUntil = 0;
  readonly #rounds: number;
  readonly #openMs: number;

  constructor(
    private readonly clock: ClientClock,
    { rounds = 3, openMs = 30_000 }: BreakerOptions = {},
  ) {
    this.#rounds = rounds;
    this.#openMs = openMs;
  }

  get state(): BreakerState {
    if (this.#lostRounds < this.#rounds) return 'closed';
    return this.clock.now() < this.#openUntil ? 'open' : 'half_open';
  }

  /** Milliseconds until an attempt is allowed. */
  get waitMs(): number {
    return this.state === 'open' ? this.#openUntil - this.clock.now() : 0;
  }

  connected(): void {
    this.#lostRounds = 0;
  }

  /** A round was lost; in `half_open` one failed attempt is a lost round. */
  lost(): void {
    this.#lostRounds++;
    if (this.#lostRounds >= this.#rounds) this.#openUntil = this.clock.now() + this.#openMs;
  }
}
