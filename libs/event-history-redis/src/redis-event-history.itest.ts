import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import type { LogEntry } from '@vana/stream-core';
import { eventHistoryContract, sampleEvent, startRedisServer, type RedisServer } from '@vana/test-kit';
import { Redis } from 'ioredis';
import { RedisEventHistory } from './redis-event-history.js';
import { connectRedis, type RedisLink } from './redis-link.js';

eventHistoryContract('Redis', async () => {
  const server = await startRedisServer();
  const link = await connectRedis(server.url);
  return {
    history: new RedisEventHistory(link),
    limited: (limits) => new RedisEventHistory(link, limits),
    nowMs: Date.now(),
    close: async () => {
      link.close();
      await server.stop();
    },
  };
});

describe('RedisEventHistory', () => {
  const EPOCH = 'k3f9';
  let server: RedisServer;
  let link: RedisLink;
  let admin: Redis;
  let session: SessionKey;
  let key: string;
  let history: RedisEventHistory;
  let sessions = 0;
  beforeAll(async () => {
    server = await startRedisServer();
    link = await connectRedis(server.url);
    admin = new Redis(server.url);
  });
  afterAll(async () => {
    link.close();
    admin.disconnect();
    await server.stop();
  });
  beforeEach(() => {
    session = { tenant: 'acme', sessionId: `s${++sessions}` };
    key = `vana:history:{acme.${session.sessionId}}:${EPOCH}`;
    history = new RedisEventHistory(link, { sessionTtlMs: 60_000 });
  });
  const entry = (seq: number, prev: number): LogEntry => ({
    seq,
    prev,
    storedAtMs: Date.now(),
    event: sampleEvent(session, `e${seq}`),
  });
  const chain = (from: number, to: number): LogEntry[] =>
    Array.from({ length: to - from + 1 }, (_, i) => entry(from + i, from + i - 1));
  const seqs = (entries: readonly LogEntry[]): number[] => entries.map(({ seq }) => seq);
  const held = async (): Promise<number[]> => seqs(await history.read(session, EPOCH, 0, 1_000));

  it('uses one key per session and epoch, which expires a while after the last append', async () => {
    await history.append(session, EPOCH, chain(1, 3));
    expect(await admin.keys(`*${session.sessionId}*`)).toEqual([key]);
    await admin.pexpire(key, 5);
    await history.append(session, EPOCH, chain(1, 3));
    expect(await admin.pttl(key)).toBeGreaterThan(50_000);
  });

  it('heals after FLUSHALL and SCRIPT FLUSH: the next append starts anew', async () => {
    await history.append(session, EPOCH, chain(1, 3));
    await admin.flushall();
    await admin.script('FLUSH');
    expect(await held()).toEqual([]);
    await history.append(session, EPOCH, chain(3, 5));
    expect(await held()).toEqual([3, 4, 5]);
    await history.append(session, EPOCH, [entry(6, 5)]);
    expect(await held()).toEqual([3, 4, 5, 6]);
  });

  it('stays chained and complete when two pods append the same session at once', async () => {
    const otherLink = await connectRedis(server.url);
    const other = new RedisEventHistory(otherLink);
    const entries = chain(1, 300);
    /** Batches of growing size, as a lingering feed hands them over. */
    const feed = async (pod: RedisEventHistory, step: number): Promise<void> => {
      for (let i = 0; i < entries.length; i += step) await pod.append(session, EPOCH, entries.slice(i, i + step));
    };
    try {
      await Promise.all([feed(history, 7), feed(other, 11), feed(history, 1), feed(other, 64)]);
      expect(await held()).toEqual(seqs(entries));
      expect(seqs(await other.readBackward(session, EPOCH, Infinity, 1_000))).toEqual(seqs(entries));
      expect(history.malformedEntries).toBe(0);
    } finally {
      otherLink.close();
    }
  });

  it('is chained whatever two pods with holes append at once', async () => {
    const entries = chain(1, 200);
    const appends = Array.from({ length: 60 }, (_, i) => entries.slice((i * 37) % 190, ((i * 37) % 190) + 10));
    await Promise.all(appends.map((batch) => history.append(session, EPOCH, batch)));
    const kept = await history.read(session, EPOCH, 0, 1_000);
    expect(kept.length).toBeGreaterThan(0);
    kept.slice(1).forEach(({ prev }, i) => expect(prev).toBe(kept[i]!.seq));
    expect(kept.at(-1)?.seq).toBe(Math.max(...appends.flat().map(({ seq }) => seq)));
    expect(history.malformedEntries).toBe(0);
  });

  it('reads up to a malformed item and no further, counts it and does not throw', async () => {
    await history.append(session, EPOCH, chain(1, 5));
    await admin.xadd(key, '6-0', 'prev', '5', 'storedAt', '1', 'start', '0', 'event', 'not json');
    const late = JSON.stringify(entry(7, 6).event);
    await admin.xadd(key, '7-0', 'prev', '6', 'storedAt', '1', 'start', '0', 'event', late);
    expect(await held()).toEqual([1, 2, 3, 4, 5]);
    expect(history.malformedEntries).toBe(1);
    expect(seqs(await history.readBackward(session, EPOCH, Infinity, 10))).toEqual([7]);
    expect(history.malformedEntries).toBe(2);
    expect(seqs(await history.readBackward(session, EPOCH, 6, 3))).toEqual([3, 4, 5]);
  });

  it('reads up to an item that does not join', async () => {
    await history.append(session, EPOCH, chain(1, 5));
    await admin.xdel(key, '3-0');
    expect(await held()).toEqual([1, 2]);
    expect(seqs(await history.readBackward(session, EPOCH, Infinity, 10))).toEqual([4, 5]);
    expect(history.malformedEntries).toBe(2);
  });

  it.each<[string, () => Promise<unknown>]>([
    ['a key of another type', () => admin.set(key, 'x')],
    [
      'a stream that was emptied',
      async () => {
        await admin.xadd(key, '900-0', 'a', 'b');
        await admin.xdel(key, '900-0');
      },
    ],
    ['a tail of somebody else', () => admin.xadd(key, '900-7', 'a', 'b')],
    ['a tail without a size', () => admin.xadd(key, '900-0', 'start', 'x', 'event', '{}')],
  ])('starts anew over %s', async (_what, plant) => {
    await plant();
    await history.append(session, EPOCH, chain(4, 6));
    expect(await held()).toEqual([4, 5, 6]);
  });
});
