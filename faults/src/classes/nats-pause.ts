// Class 7: the nats-server stands still, connections and all, and goes on.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const natsPause: FaultClass = {
  number: 7,
  name: 'nats-pause',
  title: 'NATS pause',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => {
      const pauseMs = random.between(200, 4_000);
      return {
        atMs,
        text: `nats-server stands still for ${pauseMs} ms`,
        act: async () => {
          world.nats!.signal('SIGSTOP');
          await sleep(pauseMs);
          world.nats!.signal('SIGCONT');
        },
      };
    }),
};
