// Class 1: a broadcaster dies without a word (kill -9) and comes back.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const broadcasterKill: FaultClass = {
  number: 1,
  name: 'broadcaster-kill',
  title: 'broadcaster kill -9',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_200).map((atMs) => {
      const pod = random.pick(world.broadcasters);
      const awayMs = random.between(0, 800);
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
