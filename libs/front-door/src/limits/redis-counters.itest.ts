import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { eventually, startRedisServer, type RedisServer } from '@vana/test-kit';
import { Redis } from 'ioredis';
import { LocalCounters } from './local-counters.js';
import { RedisCounters, type RedisCommands } from './redis-counters.js';

let server: RedisServer;
let redis: Redis;
beforeAll(async () => {
  server = await startRedisServer();
  redis = new Redis(server.url, { enableOfflineQueue: false, lazyConnect: true, maxRetriesPerRequest: 0 });
  redis.on('error', () => undefined);
  await redis.connect();
});
afterAll(async () => {
  redis.disconnect();
  await server.stop();
});

const pod = () => {
  const commands: RedisCommands = { run: (command) => command(redis) };
  return new RedisCounters(commands, new LocalCounters({ now: Date.now }));
};

describe('RedisCounters', () => {
  it('counts for all pods together, and every counter ends by itself', async () => {
    const [one, two] = [pod(), pod()];
    expect((await one.hit('a', 60_000)).hits).toBe(1);
    expect((await two.hit('a', 60_000)).hits).toBe(2);
    const { hits, resetMs } = await one.hit('a', 60_000);
    expect(hits).toBe(3);
    expect(resetMs).toBeGreaterThan(0);
    expect(resetMs).toBeLessThanOrEqual(60_000);
    expect(await redis.pttl('vana:limit:a')).toBeGreaterThan(0);
  });

  it('gives a counter that lost its end a new one', async () => {
    await redis.set('vana:limit:b', 41);
    expect(await pod().hit('b', 60_000)).toEqual({ hits: 42, resetMs: 60_000 });
    expect(await redis.pttl('vana:limit:b')).toBeGreaterThan(0);
  });

  it('counts for itself while Redis is away', async () => {
    const counters = pod();
    await server.kill('SIGKILL');
    expect((await counters.hit('c', 60_000)).hits).toBe(1);
    expect((await counters.hit('c', 60_000)).hits).toBe(2);
    await server.restart();
    await eventually(() => redis.status === 'ready');
  });
});
