// Class 3: a gateway dies without a word.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const gatewayKill: FaultClass = {
  number: 3,
  name: 'gateway-kill',
  title: 'gateway kill -9',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_000).map((atMs) => {
      const pod = random.pick(world.gateways);
      const awayMs = random.between(0, 1_000);
      return {
        atMs,
        text: `kill -9 ${pod.name}, back after ${awayMs} ms`,
        act: async () => {
          await pod.stop('SIGKILL');
          await sleep(awayMs);
          await pod.start();
        },
      };
    }),
};
