// Which transport carries the next connection. Streaming is given up for long-polling when something on
// the way holds it back, and tried again after a while.
import type { ClientClock } from './clock.js';
import type { TransportName } from './states.js';

/** Connections without a first byte until streaming counts as held back. */
const SILENT_STARTS = 2;
/** How long long-polling serves before streaming is tried again, ms. */
const RETRY_STREAMING_MS = 60_000;

export class TransportChoice {
  #silentStarts = 0;
  #pollUntil = 0;

  constructor(
    private readonly clock: ClientClock,
    /** In the order of preference; a single one is never left. */
    private readonly transports: readonly TransportName[],
  ) {}

  get current(): TransportName {
    return this.isPolling ? 'poll' : this.transports[0]!;
  }

  get isPolling(): boolean {
    return this.transports[0] === 'poll' || (this.transports.includes('poll') && this.clock.now() < this.#pollUntil);
  }

  /** Time to try streaming again? */
  get isPollOver(): boolean {
    return this.transports[0] !== 'poll' && this.clock.now() >= this.#pollUntil;
  }

  opened(): void {
    if (!this.isPolling) this.#silentStarts = 0;
  }

  /** No first byte came in time. */
  silentStart(): void {
    if (++this.#silentStarts >= SILENT_STARTS) this.heldBack();
  }

  /** What comes, comes in bunches. */
  heldBack(): void {
    // One more silent start sends a later attempt straight back.
    this.#silentStarts = SILENT_STARTS - 1;
    this.#pollUntil = this.clock.now() + RETRY_STREAMING_MS;
  }
}
