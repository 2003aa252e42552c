// A reader whose machine is gone without a word is found within 30 s, whether anything is sent to it or not.
import { afterEach, describe, expect, it } from '@jest/globals';
import { systemClock } from '@vana/observability';
import { eventually, makeVanishingMachine, type VanishingMachine } from '@vana/test-kit';
import { BroadcasterWorld } from './spec/broadcaster-world.js';

const FOUND_MS = 30_000;

describe('a vanished reader', () => {
  let world: BroadcasterWorld;
  let machine: VanishingMachine | undefined;
  afterEach(async () => {
    machine?.remove();
    await world.close();
  });

  it('is found on a busy and on an idle stream', async () => {
    world = await BroadcasterWorld.start({
      settings: { host: '0.0.0.0' },
      ports: () => ({ clock: systemClock }),
    });
    machine = makeVanishingMachine();
    // Without the right to make a network there is only what the unit specs show.
    if (machine === undefined) return expect(process.getuid?.()).not.toBe(0);
    const [busy, idle] = [await world.session(), await world.session()];
    const port = new URL(world.service.url).port;
    const headers = (await world.headers()) as Record<string, string>;
    const sessions = [busy, idle];
    for (const { sessionId } of sessions) {
      await machine.read(`http://${machine.host}:${port}/api/stream/${sessionId}`, headers);
    }
    // A reader elsewhere is not touched.
    const other = await world.open(`/api/stream/${busy.sessionId}`);
    await other.block('caught_up');

    let published = 0;
    const traffic = setInterval(() => void world.publish(busy, ++published), 100);
    try {
      machine.vanish();
      const startMs = performance.now();
      await eventually(async () => (await world.metric('connections_open')) === 1, FOUND_MS);
      expect(performance.now() - startMs).toBeGreaterThan(5_000);
      expect(await vanishedPeers(world)).toBe(2);
      const seen = other.events.length;
      await other.until(({ events }) => events.length > seen);
    } finally {
      clearInterval(traffic);
    }
  });
});

async function vanishedPeers(world: BroadcasterWorld): Promise<number> {
  const { values } = await world.registry.getSingleMetric('vana_http_vanished_peers_total')!.get();
  return values[0]!.value;
}
