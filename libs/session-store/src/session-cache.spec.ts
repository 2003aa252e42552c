import { beforeEach, describe, expect, it, jest } from '@jest/globals';
import { FakeClock, sampleSession } from '@vana/test-kit';
import type { Redis } from 'ioredis';
import { SessionCache } from './session-cache.js';

describe('SessionCache', () => {
  const session = sampleSession();
  let clock: FakeClock;
  /** What Redis answers to HMGET. */
  let held: [revision: string | null, record: string | null];
  let failure: Error | undefined;
  const cacheFailed = jest.fn();
  let cache: SessionCache;
  beforeEach(() => {
    clock = new FakeClock();
    held = [null, null];
    failure = undefined;
    cacheFailed.mockClear();
    const redis = { hmget: async () => held, eval: async () => 1 } as unknown as Redis;
    cache = new SessionCache(
      { run: (command) => (failure ? Promise.reject(failure) : command(redis)) },
      { ttlMs: 10_000, epoch: 'e1', observer: { cacheFailed }, now: () => clock.now() },
    );
  });
  const hold = (revision: number, record: object): void => {
    held = [String(revision), JSON.stringify(record)];
  };

  it('gives a live record', async () => {
    expect(await cache.read(session)).toBeUndefined();
    hold(5, session);
    expect(await cache.read(session)).toEqual(session);
  });

  it.each<[string, object]>([
    ['a tombstone', { ...session, deletedAtMs: 1 }],
    ["another session's record", { ...session, sessionId: 'other' }],
    ["another tenant's record", { ...session, tenant: 'other' }],
    ['something else', { a: 1 }],
  ])('gives nothing for %s', async (_what, record) => {
    hold(5, record);
    expect(await cache.read(session)).toBeUndefined();
  });

  it('gives nothing for text that is not JSON', async () => {
    held = ['5', '{"tenant":'];
    expect(await cache.read(session)).toBeUndefined();
  });

  it('gives nothing older than a change that this pod knows of, for as long as the old could be there', async () => {
    hold(5, session);
    cache.changed({ record: session, revision: 6 });
    cache.changed({ record: session, revision: 4 });
    expect(await cache.read(session)).toBeUndefined();
    hold(6, session);
    expect(await cache.read(session)).toEqual(session);
    hold(5, session);
    await clock.advance(29_000);
    cache.changed({ record: sampleSession(), revision: 7 });
    expect(await cache.read(session)).toBeUndefined();
    await clock.advance(2_000);
    cache.changed({ record: sampleSession(), revision: 8 });
    expect(await cache.read(session)).toEqual(session);
  });

  it('is empty and takes writes in vain when Redis fails, and says so', async () => {
    failure = new Error('down');
    expect(await cache.read(session)).toBeUndefined();
    await cache.write({ record: session, revision: 1 });
    expect(cacheFailed.mock.calls).toEqual([
      ['read', failure],
      ['write', failure],
    ]);
  });
});
