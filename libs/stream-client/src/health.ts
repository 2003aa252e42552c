// Health of a connection, from the errors of the last minute and the latency.
import type { ClientClock } from './clock.js';
import type { ConnectionHealth } from './states.js';

const WINDOW_MS = 60_000;
const CRITICAL_ERRORS = 3;
const DEGRADED_ERRORS = 1;
const DEGRADED_LATENCY_MS = 5_000;

export class Health {
  /** Times of recent errors; more than `CRITICAL_ERRORS` + 1 of them say nothing new. */
  #errors: number[] = [];
  #latencyMs: number | undefined;
  /** Smallest difference seen between the server's time stamps and our clock. */
  #skewMs = Infinity;

  constructor(private readonly clock: ClientClock) {}

  get latencyMs(): number | undefined {
    return this.#latencyMs;
  }

  error(): void {
    this.#errors = [...this.#errors.slice(-CRITICAL_ERRORS), this.clock.now()];
  }

  /** @param ms from the request to the first byte of the answer */
  firstByte(ms: number): void {
    this.#latencyMs = ms;
    this.#skewMs = Infinity;
  }

  /** @param timestamp of a block that was sent just now, by the server's clock */
  block(timestamp: string): void {
    const differenceMs = this.clock.now() - Date.parse(timestamp);
    if (Number.isNaN(differenceMs)) return;
    this.#skewMs = Math.min(this.#skewMs, differenceMs);
    this.#latencyMs = differenceMs - this.#skewMs;
  }

  of(connected: boolean): ConnectionHealth {
    const since = this.clock.now() - WINDOW_MS;
    const errors = this.#errors.filter((at) => at >= since).length;
    if (errors > CRITICAL_ERRORS) return 'critical';
    if (!connected) return 'disconnected';
    return errors > DEGRADED_ERRORS || (this.#latencyMs ?? 0) > DEGRADED_LATENCY_MS ? 'degraded' : 'healthy';
  }
}
