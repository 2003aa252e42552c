// What the broadcasters say about themselves in their beats, as gauges. Read when somebody looks at /metrics.
import type { Registry } from '@vana/observability';
import type { Presence } from '@vana/routing';
import { Gauge } from 'prom-client';

export function observeBroadcasters(presence: Presence, registry: Registry): void {
  const registers = [registry];
  new Gauge({
    name: 'vana_broadcasters_present',
    help: 'Broadcasters heard within the last 3 s.',
    labelNames: ['draining'] as const,
    registers,
    collect() {
      const pods = presence.present();
      const draining = pods.filter((pod) => pod.draining).length;
      this.set({ draining: 'true' }, draining);
      this.set({ draining: 'false' }, pods.length - draining);
    },
  });
  perPod('vana_broadcaster_connections', 'Open connections of a broadcaster, by its own count.', 'connections');
  perPod('vana_broadcaster_connections_limit', 'The most connections that a broadcaster takes.', 'maxConnections');

  function perPod(name: string, help: string, field: 'connections' | 'maxConnections'): void {
    new Gauge({
      name,
      help,
      labelNames: ['pod'] as const,
      registers,
      collect() {
        // A pod that has left must not stay in the figures.
        this.reset();
        for (const pod of presence.present()) this.set({ pod: pod.podId }, pod[field]);
      },
    });
  }
}
