// Trouble that the adapters bear by themselves: counted by kind, logged.
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
      name: 'vana_broadcaster_adapter_trouble_total',
      help: 'Trouble that bus, session store and history got over by themselves, by kind.',
      labelNames: ['kind'],
      registers: [registry],
    });
  }

  readonly bus: Partial<BusObserver> = {
    liveDropped: (session) => this.#warn('live_dropped', { session }),
    storedUnreadable: (session, seq) => this.#warn('stored_unreadable', { session, seq }),
    listenerFailed: (err) => this.#warn('bus_listener_failed', { err }),
    tailsRestarted: (fromSeq) => this.#warn('tails_restarted', { fromSeq }),
    epochChanged: (epoch) => this.#warn('epoch_changed', { epoch }),
    beatIgnored: () => this.#warn('beat_ignored', {}),
  };

  readonly store: StoreObserver = {
    // Once per look-up while Redis is down: the count tells, the log would only repeat it.
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
