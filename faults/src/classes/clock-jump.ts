// Class 15: the wall clock of one service, or of all, jumps ten minutes and back.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

const TEN_MINUTES_MS = 600_000;

export const clockJump: FaultClass = {
  number: 15,
  name: 'clock-jump',
  title: 'clock jumps by ±10 min',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_000).map((atMs) => {
      const jumpMs = random.pick([-TEN_MINUTES_MS, TEN_MINUTES_MS]);
      const pods = random.chance(0.3) ? world.services : [random.pick(world.services)];
      const forMs = random.between(300, 2_500);
      const who = pods.length === 1 ? pods[0]!.name : 'every service';
      return {
        atMs,
        text: `the clock of ${who} jumps by ${jumpMs / 60_000} min for ${forMs} ms`,
        act: async () => {
          world.shiftClock(pods, jumpMs);
          await sleep(forMs);
          world.shiftClock(pods, 0);
        },
      };
    }),
};
