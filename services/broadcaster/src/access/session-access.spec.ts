import { beforeEach, describe, expect, it } from '@jest/globals';
import type { Principal } from '@vana/events';
import type { SessionRecord } from '@vana/run-state';
import { FakeClock, sampleSession } from '@vana/test-kit';
import { SessionAccess } from './session-access.js';

const BOB: Principal = { id: 'bob', tenant: 'acme', scopes: [] };
const shared = sampleSession({ owner: 'ada', readers: ['bob'] });
const unshared = { ...shared, readers: [] };
const deleted = { ...shared, deletedAtMs: 5 };

describe('SessionAccess', () => {
  /** What a cache in front of the store says, and the truth. */
  let cached: SessionRecord | undefined;
  let truth: SessionRecord | undefined;
  let whileAsked: () => void;
  let asked: string[];
  let clock: FakeClock;
  let access: SessionAccess;
  let revoked: boolean;

  beforeEach(() => {
    [cached, truth] = [shared, shared];
    whileAsked = () => undefined;
    asked = [];
    revoked = false;
    clock = new FakeClock();
    const get = async (_key: object, options?: { fresh?: boolean }): Promise<SessionRecord | undefined> => {
      asked.push(options?.fresh ? 'truth' : 'cache');
      const record = options?.fresh ? truth : cached;
      await Promise.resolve();
      whileAsked();
      return record;
    };
    access = new SessionAccess({ get }, { covers: () => revoked }, clock);
  });

  const enter = (): Promise<string> => access.check(shared, BOB, (state) => state);

  it('lets in by the cache alone', async () => {
    expect(await enter()).toBe('open');
    expect(asked).toEqual(['cache']);
  });

  it('denies nothing without asking at the truth', async () => {
    cached = unshared;
    expect(await enter()).toBe('open');
    cached = undefined;
    expect(await enter()).toBe('open');
    truth = unshared;
    await expect(enter()).rejects.toMatchObject({ code: 'session_not_found' });
    truth = undefined;
    await expect(enter()).rejects.toMatchObject({ code: 'session_not_found' });
    expect(asked.filter((from) => from === 'truth')).toHaveLength(4);
  });

  it('does not believe a cache that is older than a change it was told of', async () => {
    truth = unshared;
    access.changed(unshared);
    await expect(enter()).rejects.toMatchObject({ code: 'session_not_found' });
    truth = deleted;
    access.changed(deleted);
    expect(await enter()).toBe('deleted');
    await expect(access.checkOpen(shared, BOB, () => 'in')).rejects.toMatchObject({ code: 'session_gone' });
    // Shared again: the old notice must not stand in the way.
    truth = shared;
    expect(await enter()).toBe('open');
  });

  it('lets nobody in who was revoked while the store was asked', async () => {
    whileAsked = () => {
      revoked = true;
    };
    await expect(enter()).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('sees a change that comes while the store is asked', async () => {
    whileAsked = () => {
      truth = unshared;
      access.changed(unshared);
    };
    await expect(enter()).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it('sees a change that comes while the truth is asked', async () => {
    cached = undefined;
    whileAsked = () => {
      if (asked.length === 2) access.changed(unshared);
    };
    await expect(enter()).rejects.toMatchObject({ code: 'session_not_found' });
    expect(asked).toEqual(['cache', 'truth']);
  });

  it('forgets what it was told when no cache can be that old any more', async () => {
    access.changed(unshared);
    await clock.advance(61_000);
    access.changed(sampleSession());
    expect(await enter()).toBe('open');
    expect(asked).toEqual(['cache']);
  });
});
