// Class 16: a broadcaster stands still or is cut off from the bus, and still accepts TCP connections.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const pausedBroadcaster: FaultClass = {
  number: 16,
  name: 'paused-broadcaster',
  title: 'paused or partitioned broadcaster that still accepts TCP',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => {
      const n = random.between(0, world.broadcasters.length - 1);
      const pod = world.broadcasters[n]!;
      const line = world.lines[n]!.nats;
      const forMs = random.between(1_000, 8_000);
      return random.pick([
        {
          atMs,
          text: `${pod.name} stands still for ${forMs} ms`,
          act: async () => {
            pod.signal('SIGSTOP');
            await sleep(forMs);
            pod.signal('SIGCONT');
          },
        },
        {
          atMs,
          text: `${pod.name} hears nothing of NATS for ${forMs} ms`,
          act: async () => {
            line.blackHole();
            await sleep(forMs);
            line.heal();
          },
        },
        {
          atMs,
          text: `${pod.name} is cut off from NATS for ${Math.round(forMs / 2)} ms`,
          act: async () => {
            line.refuse();
            await sleep(forMs / 2);
            line.accept();
          },
        },
      ]);
    }),
};
