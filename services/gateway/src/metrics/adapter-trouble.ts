// Trouble that the adapters get over by themselves: counted by kind; logged where the log would not only repeat it.
import type { BusObserver } from '@vana/event-bus-nats';
import type { Logger, Registry } from '@vana/observability';
import type { StoreObserver } from '@vana/session-store';
import { Counter } from 'prom-client';

export class AdapterTrouble {
  readonly #count: Counter<'kind'>;

  constructor(
    registry: Registry,
    private readonly logger: Logger,
  ) {
    this.#count = new Counter({
      name: 'vana_gateway_adapter_trouble_total',
      help: 'Trouble that bus and session store got over by themselves, by kind.',
      labelNames: ['kind'] as const,
      registers: [registry],
    });
  }

  readonly bus: Partial<BusObserver> = {
    listenerFailed: (err) => this.#warn('bus_listener_failed', { err }),
    beatIgnored: () => this.#warn('beat_ignored', {}),
  };

  readonly store: StoreObserver = {
    cacheFailed: () => this.#count.inc({ kind: 'session_cache_failed' }),
    listenerFailed: (err) => this.#warn('store_listener_failed', { err }),
    unreadableRecord: (key) => this.#warn('unreadable_record', { key }),
    watchInterrupted: (err) => this.#warn('session_watch_interrupted', { err }),
  };

  /** Each attempt to connect to a Redis that is down. */
  readonly redisError = (): void => this.#count.inc({ kind: 'redis_connection' });

  #warn(kind: string, fields: object): void {
    this.#count.inc({ kind });
    this.logger.warn({ kind, ...fields }, 'adapter trouble');
  }
}
