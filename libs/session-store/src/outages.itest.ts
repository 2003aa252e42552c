// The servers behind the stores in trouble: Redis flushed, frozen, killed; NATS killed and back.
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { connectRedis, type RedisLink } from '@vana/event-history-redis';
import type { SessionRecord } from '@vana/run-state';
import {
  eventually,
  sampleRun,
  sampleSession,
  startNatsServer,
  startRedisServer,
  type NatsServer,
  type RedisServer,
} from '@vana/test-kit';
import { Redis } from 'ioredis';
import { glob, rm } from 'node:fs/promises';
import { KvRunStore } from './kv-run-store.js';
import { KvSessionStore } from './kv-session-store.js';

describe('KvSessionStore with Redis in trouble', () => {
  let nats: NatsServer;
  let redisServer: RedisServer;
  let nc: NatsConnection;
  let links: RedisLink[];
  let admin: Redis;
  let one: KvSessionStore;
  let two: KvSessionStore;
  beforeEach(async () => {
    [nats, redisServer] = await Promise.all([startNatsServer(), startRedisServer()]);
    nc = await connect({ servers: nats.url });
    links = await Promise.all([connectRedis(redisServer.url), connectRedis(redisServer.url)]);
    admin = new Redis(redisServer.url);
    admin.on('error', () => undefined);
    [one, two] = await Promise.all([
      KvSessionStore.open(nc, { redis: links[0], timeoutMs: 500 }),
      KvSessionStore.open(nc, { redis: links[1], timeoutMs: 500 }),
    ]);
  });
  afterEach(async () => {
    one.close();
    two.close();
    links.forEach((link) => link.close());
    admin.disconnect();
    await nc.close();
    redisServer.signal('SIGCONT');
    await Promise.all([nats.stop('SIGKILL'), redisServer.stop('SIGKILL')]);
  });
  const created = async (): Promise<SessionRecord> => {
    const record = sampleSession({ readers: ['bob'] });
    expect(await one.create(record)).toBeUndefined();
    return record;
  };

  it('reads from Redis, also while NATS is away; what is asked fresh is not', async () => {
    const record = await created();
    nats.signal('SIGSTOP');
    // A process does not stop within the call that sends the signal.
    const refusal = await eventually(() =>
      two.get(record, { fresh: true }).then(
        () => undefined,
        (error: unknown) => error,
      ),
    );
    expect(refusal).toMatchObject({ code: 'store_unavailable' });
    expect(await two.get(record)).toEqual(record);
    await expect(two.get(sampleSession())).rejects.toMatchObject({ code: 'store_unavailable' });
    nats.signal('SIGCONT');
  });

  it('is right after FLUSHALL, and fills Redis again', async () => {
    const record = await created();
    await admin.flushall();
    expect(await two.get(record)).toEqual(record);
    await eventually(async () => (await admin.keys('vana:session:*')).length === 1);
  });

  it('does not believe a miss, a tombstone or nonsense in Redis', async () => {
    const record = await created();
    const [key] = await admin.keys('vana:session:*');
    await admin.hset(key!, 'record', JSON.stringify({ ...record, deletedAtMs: 1 }));
    expect(await two.get(record)).toEqual(record);
    await admin.hset(key!, 'record', 'nonsense', 'revision', '1');
    expect(await two.get(record)).toEqual(record);
    await admin.set(key!, 'another type');
    expect(await two.get(record)).toEqual(record);
    await eventually(async () => (await admin.hget(key!, 'record').catch(() => null)) === JSON.stringify(record));
  });

  it('shows a change of another pod at once, and refuses an older record that comes into Redis late', async () => {
    const record = await created();
    const [key] = await admin.keys('vana:session:*');
    const old = await admin.hgetall(key!);
    await one.update(record, (standing) => ({ ...standing, readers: [] }));
    expect((await two.get(record))?.readers).toEqual([]);
    await admin.hset(key!, old);
    expect((await one.get(record))?.readers).toEqual([]);
    // The other pod knows as soon as its watch has told it; until then it may believe Redis.
    await eventually(async () => {
      await admin.hset(key!, old);
      return (await two.get(record))?.readers.length === 0;
    }, 3_000);
  });

  it('does not let a slow reader put an old record over a new one', async () => {
    const record = await created();
    const [key] = await admin.keys('vana:session:*');
    const revision = await admin.hget(key!, 'revision');
    for (const newer of ['9'.repeat(revision!.length), `1${'0'.repeat(revision!.length)}`]) {
      await admin.hset(key!, 'revision', newer);
      await one.update(record, (standing) => ({ ...standing, title: 'New' }));
      expect(await admin.hget(key!, 'record')).toBe(JSON.stringify(record));
    }
    await admin.hset(key!, 'revision', '1');
    await one.update(record, (standing) => ({ ...standing, title: 'Newer' }));
    expect(await admin.hget(key!, 'record')).toContain('Newer');
  });

  it('frozen: answers in time from the bucket, and does not take old records when Redis wakes up', async () => {
    const record = await created();
    expect(await two.get(record)).toEqual(record);
    const changes: SessionRecord[] = [];
    two.onChange((changed) => void changes.push(changed));
    redisServer.signal('SIGSTOP');
    const start = performance.now();
    await one.update(record, (standing) => ({ ...standing, readers: [] }));
    expect((await two.get(record))?.readers).toEqual([]);
    expect(performance.now() - start).toBeLessThan(2_000);
    // Redis still holds the record that bob may read; both pods know better.
    await eventually(() => changes.length > 0);
    redisServer.signal('SIGCONT');
    for (const store of [one, two]) expect((await store.get(record))?.readers).toEqual([]);
  });

  it('killed and back: sessions are created, read, changed and removed all the while', async () => {
    const record = await created();
    await redisServer.kill('SIGKILL');
    expect(await two.get(record)).toEqual(record);
    expect(await two.update(record, (standing) => ({ ...standing, title: 'New' }))).toMatchObject({ title: 'New' });
    const other = await created();
    await two.remove(other, 9_000);
    await redisServer.restart();
    await eventually(() => links.every((link) => link.state === 'closed'));
    expect(await one.get(record)).toMatchObject({ title: 'New' });
    expect(await one.get(other)).toMatchObject({ deletedAtMs: 9_000 });
    await eventually(async () => (await admin.keys('vana:session:*')).length === 2);
  });
});

describe('KV stores with NATS in trouble', () => {
  it('killed and back: calls fail in time, then work, and no change is missed by a listener', async () => {
    const nats = await startNatsServer();
    const [ncOne, ncTwo] = await Promise.all(
      [1, 2].map(() => connect({ servers: nats.url, maxReconnectAttempts: -1, reconnectTimeWait: 50 })),
    );
    const one = await KvSessionStore.open(ncOne!, { timeoutMs: 500 });
    const two = await KvSessionStore.open(ncTwo!, { timeoutMs: 500 });
    const runs = await KvRunStore.open(ncTwo!, { timeoutMs: 500 });
    try {
      const record = sampleSession();
      const run = sampleRun();
      await one.create(record);
      await runs.create(run);
      const titles: string[] = [];
      two.onChange(({ title }) => void titles.push(title));
      const statuses: string[] = [];
      runs.onChange(({ status }) => void statuses.push(status));
      for (const round of ['first', 'second']) {
        await nats.kill('SIGKILL');
        // As after a longer outage: the server has forgotten who was watching.
        for await (const folder of glob(`${nats.storeDir}/**/obs/*`)) await rm(folder, { recursive: true });
        await expect(one.get(record)).rejects.toMatchObject({ code: 'store_unavailable' });
        await nats.restart();
        await eventually(() => one.update(record, (standing) => ({ ...standing, title: round })));
        await eventually(() => runs.update(run.tenant, run.runId, (standing) => ({ ...standing, status: 'running' })));
        await eventually(() => titles.includes(round), 5_000);
        expect((await two.get(record))?.title).toBe(round);
      }
      await eventually(() => statuses.includes('running'));
      await one.remove(record, 5_000);
      await eventually(() => titles.at(-1) === '');
    } finally {
      [one, two, runs].forEach((store) => store.close());
      await Promise.all([ncOne!.close(), ncTwo!.close()]);
      await nats.stop('SIGKILL');
    }
  });

  it('missing at the start: opening fails with store_unavailable', async () => {
    const nats = await startNatsServer({ jetstream: false });
    const nc = await connect({ servers: nats.url });
    await expect(KvSessionStore.open(nc, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'store_unavailable' });
    await expect(KvRunStore.open(nc, { timeoutMs: 500 })).rejects.toMatchObject({ code: 'store_unavailable' });
    await nc.close();
    await nats.stop();
  });
});
