// What the gateway counts besides its answers (`vana_http_request_seconds`: route pattern and status).
import type { Registry } from '@vana/observability';
import { Counter, Gauge } from 'prom-client';

export class GatewayMetrics {
  readonly openRelays: Gauge;
  readonly relayedBytes: Counter;
  /** By what made the gateway go to the next broadcaster. */
  readonly failovers: Counter<'reason'>;
  /** By how relays ended. */
  readonly relaysEnded: Counter<'by'>;
  /** Requests that no broadcaster could serve. */
  readonly unserved: Counter;
  readonly refusals: Counter<'code'>;

  constructor(registry: Registry) {
    const registers = [registry];
    this.openRelays = new Gauge({
      name: 'vana_gateway_open_relays',
      help: 'Answers of broadcasters that are being passed on now.',
      registers,
    });
    this.relayedBytes = new Counter({
      name: 'vana_gateway_relayed_bytes_total',
      help: 'Body bytes passed on from broadcasters to clients.',
      registers,
    });
    this.failovers = new Counter({
      name: 'vana_gateway_relay_failovers_total',
      help: 'Broadcasters that were given up before their first byte.',
      labelNames: ['reason'] as const,
      registers,
    });
    this.relaysEnded = new Counter({
      name: 'vana_gateway_relays_ended_total',
      help: 'Relays that have ended, by who or what ended them.',
      labelNames: ['by'] as const,
      registers,
    });
    this.unserved = new Counter({
      name: 'vana_gateway_unserved_total',
      help: 'Requests for which no broadcaster could be reached.',
      registers,
    });
    this.refusals = new Counter({
      name: 'vana_gateway_refusals_total',
      help: 'Error answers of the gateway itself, by error code.',
      labelNames: ['code'] as const,
      registers,
    });
  }
}
