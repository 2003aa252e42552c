// How a gateway goes: it says that it is leaving, waits until balancers have heard, turns new readers away, lets
// the others go one after the other.
import type { Logger } from '@vana/observability';
import type { Clock } from '@vana/stream-core';
import type { BroadcasterRelay } from '../relay/broadcaster-relay.js';
import type { KeptConnections } from './kept-connections.js';

export interface DrainTimes {
  /** Between not being ready and turning readers away. */
  readonly preDrainMs: number;
  /** For letting all readers go; few take less. */
  readonly drainMs: number;
}

export class GatewayDrain {
  #phase: 'serving' | 'leaving' | 'refusing' = 'serving';

  constructor(
    private readonly times: DrainTimes,
    private readonly clock: Clock,
    private readonly logger: Logger,
  ) {}

  /** Not ready any more. */
  get leaving(): boolean {
    return this.#phase !== 'serving';
  }

  /** Streams, polls and pages are turned away. */
  get refusing(): boolean {
    return this.#phase === 'refusing';
  }

  /** Resolves when no stream is being relayed any more. */
  async run(relay: BroadcasterRelay, kept: KeptConnections): Promise<void> {
    const { clock, logger } = this;
    const { preDrainMs, drainMs } = this.times;
    this.#phase = 'leaving';
    if (preDrainMs > 0) await new Promise<void>((resolve) => void clock.schedule(preDrainMs, resolve));
    this.#phase = 'refusing';
    kept.letGo();
    logger.info('gateway lets its readers go');
    await relay.drain({ overMs: drainMs, clock });
  }
}
