// An emptied cache: what readers feel of it, and how soon it is filled again.
import { Redis } from 'ioredis';
import { keyOf } from '../oracle/judge-stream.js';
import { sleep, until } from '../waiting.js';
import { Crowd } from './crowd.js';
import { ms, type Figure } from './figure.js';
import { percentile } from './percentile.js';

const WINDOW_MS = 8_000;

export const redisFlush: Figure = {
  name: 'redis-flush',
  world: 'single',
  measure: async (world) => {
    const crowd = await Crowd.gather(world, { sessions: 40, readers: 200, eventsPerSecond: 5 });
    const redis = new Redis(world.redis.url);
    try {
      await sleep(WINDOW_MS + 2_000);
      const before = percentile(crowd.latencies(WINDOW_MS), 0.99);
      await redis.flushall();
      const flushedMs = performance.now();
      await until(() => hasAll(redis, crowd), 30_000);
      const backMs = performance.now() - flushedMs;
      await sleep(Math.max(0, WINDOW_MS - backMs));
      const worse = percentile(crowd.latencies(WINDOW_MS), 0.99) - before;
      const fault = 'Redis FLUSHALL';
      return [
        {
          fault,
          figure: `live p99 against before (${ms(before)})`,
          must: '+ < 20 ms',
          measured: `${worse < 0 ? '−' : '+'} ${ms(Math.abs(worse))}`,
          holds: worse < 20,
        },
        {
          fault,
          figure: 'every watched session has a history again',
          must: '< 10 s',
          measured: ms(backMs),
          holds: backMs < 10_000,
        },
      ];
    } finally {
      redis.disconnect();
      await crowd.disband();
    }
  },
};

async function hasAll(redis: Redis, { sessions }: Crowd): Promise<boolean> {
  const keys = await redis.keys('vana:history:*');
  return sessions.every((session) => keys.some((key) => key.includes(`{${keyOf(session)}}`)));
}
