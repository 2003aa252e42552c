// Class 5: the one nats-server is stopped or killed and comes back with its data.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const natsRestart: FaultClass = {
  number: 5,
  name: 'nats-restart',
  title: 'NATS restart by TERM and KILL',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 2_500).map((atMs) => {
      const signal = random.pick(['SIGTERM', 'SIGKILL'] as const);
      const awayMs = random.between(0, 1_200);
      return {
        atMs,
        text: `${signal} to nats-server, back after ${awayMs} ms`,
        act: async () => {
          await world.nats!.kill(signal);
          await sleep(awayMs);
          await world.nats!.restart();
        },
      };
    }),
};
