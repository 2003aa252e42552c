// Class 8: everything that can be wrong with a cache: gone, empty, frozen, slow, full, read-only.
import { Redis } from 'ioredis';
import { sleep } from '../waiting.js';
import type { World } from '../world/world.js';
import { moments, type FaultClass } from './fault-class.js';

type Trouble = (world: World, forMs: number) => Promise<void>;

const TROUBLES: Readonly<Record<string, Trouble>> = {
  'kill -9': async ({ redis }, forMs) => {
    await redis.kill('SIGKILL');
    await sleep(forMs);
    await redis.restart();
  },
  FLUSHALL: (world) => command(world, (redis) => redis.flushall()),
  'stands still': async ({ redis }, forMs) => {
    redis.signal('SIGSTOP');
    await sleep(forMs);
    redis.signal('SIGCONT');
  },
  'is slow': async ({ lines }, forMs) => {
    for (const { redis } of lines) redis.impair({ latencyMs: 20 + (forMs % 300) });
    await sleep(forMs);
    for (const { redis } of lines) redis.heal();
  },
  'is full': async (world, forMs) => {
    await command(world, (redis) => redis.config('SET', 'maxmemory', '1'));
    await sleep(forMs);
    await command(world, (redis) => redis.config('SET', 'maxmemory', '0'));
  },
  'is read-only': async (world, forMs) => {
    await command(world, (redis) => redis.replicaof('127.0.0.1', 1));
    await sleep(forMs);
    await command(world, (redis) => redis.replicaof('NO', 'ONE'));
  },
};

async function command(world: World, run: (redis: Redis) => Promise<unknown>): Promise<void> {
  const redis = new Redis(world.redis.url);
  redis.on('error', () => undefined);
  await run(redis).finally(() => redis.disconnect());
}

export const redisTrouble: FaultClass = {
  number: 8,
  name: 'redis-trouble',
  title: 'Redis killed, flushed, paused, slow, full, read-only',
  world: 'single',
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_000).map((atMs) => {
      const name = random.pick(Object.keys(TROUBLES));
      const forMs = random.between(300, 2_000);
      return { atMs, text: `Redis: ${name} (${forMs} ms)`, act: () => TROUBLES[name]!(world, forMs) };
    }),
};
