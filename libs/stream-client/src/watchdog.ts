// Notices a connection that is open and dead: three times the observed heartbeat cadence without a byte.
import type { ClientClock } from './clock.js';

/** Assumed until two heartbeats were seen, ms: the server's default. */
const ASSUMED_CADENCE_MS = 30_000;
const MISSED = 3;
/** Heartbeats closer together than this fraction of their cadence came in a bunch. */
const BUNCH = 0.1;

export class Watchdog {
  #cadenceMs = ASSUMED_CADENCE_MS;
  #lastHeartbeat: { arrivedMs: number; sentMs: number } | undefined;
  #bunched = 0;
  #lastByteMs: number;
  #cancel: () => void = () => undefined;

  constructor(
    private readonly clock: ClientClock,
    private readonly onSilent: () => void,
    /** Fixed patience, ms. */
    private readonly silenceMs?: number,
  ) {
    this.#lastByteMs = clock.now();
    this.#arm();
  }

  /** Heartbeats that were sent apart arrive together: something on the way holds the stream back. */
  get isBuffered(): boolean {
    return this.#bunched >= 2;
  }

  /** Any byte. One timer serves all: it looks at the last byte when it is due. */
  alive(): void {
    this.#lastByteMs = this.clock.now();
  }

  heartbeat(timestamp: string): void {
    const now = { arrivedMs: this.clock.now(), sentMs: Date.parse(timestamp) };
    const last = this.#lastHeartbeat;
    this.#lastHeartbeat = now;
    if (!last || Number.isNaN(now.sentMs - last.sentMs) || now.sentMs <= last.sentMs) return;
    this.#cadenceMs = now.sentMs - last.sentMs;
    if (now.arrivedMs - last.arrivedMs < this.#cadenceMs * BUNCH) this.#bunched++;
    else this.#bunched = 0;
  }

  stop(): void {
    this.#cancel();
  }

  get #patienceMs(): number {
    return this.silenceMs ?? MISSED * this.#cadenceMs;
  }

  #arm(): void {
    const dueMs = this.#lastByteMs + this.#patienceMs - this.clock.now();
    this.#cancel = this.clock.schedule(Math.max(dueMs, 0), () => {
      if (this.clock.now() - this.#lastByteMs >= this.#patienceMs) this.onSilent();
      else this.#arm();
    });
  }
}
