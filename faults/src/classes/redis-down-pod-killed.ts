// Class 9: the cache is gone, and then a pod with its rings: only the bus is left to resume from.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const redisDownPodKilled: FaultClass = {
  number: 9,
  name: 'redis-down-pod-killed',
  title: 'Redis down and a pod killed',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 2_000).map((atMs) => {
      const pod = random.pick(world.broadcasters);
      const awayMs = random.between(100, 1_500);
      return {
        atMs,
        text: `kill -9 Redis and ${pod.name}; the pod comes back first, Redis ${awayMs} ms later`,
        act: async () => {
          await world.redis.kill('SIGKILL');
          await pod.stop('SIGKILL');
          await pod.start();
          await sleep(awayMs);
          await world.redis.restart();
        },
      };
    }),
};
