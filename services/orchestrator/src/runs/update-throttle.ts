// Full-state events at most five times a second: of what comes faster, the newest counts.
import type { Clock } from '@vana/stream-core';
import type { EngineEvent } from '../engine/research-engine.js';

const GAP_MS = 200;

export class UpdateThrottle {
  readonly #clock: Pick<Clock, 'now' | 'schedule'>;
  readonly #store: (event: EngineEvent) => Promise<void>;
  #lastMs = -Infinity;
  #held: EngineEvent | undefined;
  #cancelTimer: () => void = () => undefined;

  constructor(clock: Pick<Clock, 'now' | 'schedule'>, store: (event: EngineEvent) => Promise<void>) {
    this.#clock = clock;
    this.#store = store;
  }

  /** Resolves when the event is stored, or at once when it is held back. */
  async add(event: EngineEvent): Promise<void> {
    const waitMs = this.#lastMs + GAP_MS - this.#clock.now();
    if (this.#held === undefined && waitMs > 0) {
      // Whoever works on the run learns of a failure by its next event.
      this.#cancelTimer = this.#clock.schedule(waitMs, () => void this.flush().catch(() => undefined));
    }
    this.#held = event;
    if (waitMs <= 0) await this.flush();
  }

  /** Stores what is held back. */
  async flush(): Promise<void> {
    this.#cancelTimer();
    const event = this.#held;
    if (event === undefined) return;
    this.#held = undefined;
    this.#lastMs = this.#clock.now();
    await this.#store(event);
  }

  /** Forgets what is held back. */
  stop(): void {
    this.#cancelTimer();
    this.#held = undefined;
  }
}
