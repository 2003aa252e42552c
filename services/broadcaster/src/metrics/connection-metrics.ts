// Metrics of connections. Labels name routes and reasons, never a session or a principal.
import type { CloseReason } from '@vana/events';
import type { Registry } from '@vana/observability';
import { Counter, Gauge } from 'prom-client';
import type { ClosedReason, ConnectionRoute } from '../connections/open-connection.js';

export class ConnectionMetrics {
  readonly #open: Gauge<'route'>;
  readonly #opened: Counter<'route'>;
  readonly #closed: Counter<'route' | 'reason'>;
  readonly #refused: Counter<'route' | 'reason'>;
  readonly #deferred: Counter<'route'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.#open = new Gauge({
      name: 'vana_broadcaster_connections_open',
      help: 'Open streams and waiting polls.',
      labelNames: ['route'],
      registers,
    });
    this.#opened = new Counter({
      name: 'vana_broadcaster_connections_opened_total',
      help: 'Streams and polls that were let in.',
      labelNames: ['route'],
      registers,
    });
    this.#closed = new Counter({
      name: 'vana_broadcaster_connections_closed_total',
      help: 'Streams and polls that ended, by reason.',
      labelNames: ['route', 'reason'],
      registers,
    });
    this.#refused = new Counter({
      name: 'vana_broadcaster_connections_refused_total',
      help: 'Streams and polls that were turned away, by reason.',
      labelNames: ['route', 'reason'],
      registers,
    });
    this.#deferred = new Counter({
      name: 'vana_broadcaster_resumes_deferred_total',
      help: 'Readers told to resume a little later, because too many did at once.',
      labelNames: ['route'],
      registers,
    });
  }

  opened(route: ConnectionRoute): void {
    this.#open.inc({ route });
    this.#opened.inc({ route });
  }

  closed(route: ConnectionRoute, reason: ClosedReason): void {
    this.#open.dec({ route });
    this.#closed.inc({ route, reason });
  }

  refused(route: ConnectionRoute, reason: CloseReason): void {
    this.#refused.inc({ route, reason });
  }

  deferred(route: ConnectionRoute): void {
    this.#deferred.inc({ route });
  }
}
