// Class 10: clients that read slowly, stop reading, vanish without a word, or sit behind a bad line.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

const FLOOD_EVENTS = 120;

export const slowClients: FaultClass = {
  number: 10,
  name: 'slow-clients',
  title: 'slow, stalled and half-open clients',
  world: 'single',
  load: { behindProxies: true },
  plan: (scene, random, injections) =>
    moments(random, injections, 1_200).map((atMs) => {
      const forMs = random.between(300, 2_500);
      const client = random.pick(scene.clients.filter(({ canStall }) => canStall));
      const writer = scene.writers.find(({ key }) => key === client.options.session) ?? scene.writers[0]!;
      const line = random.pick(scene.clientLines);
      const bytes = random.between(1, 9);
      const slowly = random.between(20_000, 200_000);
      return random.pick([
        {
          atMs,
          text: `${client.options.name} stops reading for ${forMs} ms, under a flood`,
          act: async () => {
            client.stall(true);
            await writer.flood(FLOOD_EVENTS);
            await sleep(forMs);
            client.stall(false);
          },
        },
        {
          atMs,
          text: `${client.options.name} leaves a half-open connection behind, under a flood`,
          act: async () => {
            client.abandon();
            await writer.flood(FLOOD_EVENTS);
          },
        },
        {
          atMs,
          text: `a line carries ${slowly} bytes/s for ${forMs} ms`,
          act: async () => {
            line.impair({ bytesPerSecond: slowly });
            await sleep(forMs);
            line.heal();
          },
        },
        {
          atMs,
          text: `a line cuts bytes into slices of ${bytes} for ${forMs} ms`,
          act: async () => {
            line.impair({ sliceBytes: bytes, latencyMs: 5 });
            await sleep(forMs);
            line.heal();
          },
        },
        {
          atMs,
          text: `a line swallows everything for ${forMs} ms`,
          act: async () => {
            line.blackHole();
            await sleep(forMs);
            line.heal();
          },
        },
        {
          atMs,
          text: 'a line is reset',
          act: async () => line.reset(),
        },
      ]);
    }),
};
