import { describe, expect, it, jest } from '@jest/globals';
import { LimitStorage } from './limit-storage.js';
import { LocalCounters } from './local-counters.js';

describe('LimitStorage', () => {
  it('refuses what is over the limit to the end of the window, without counting on', async () => {
    const clock = { nowMs: 0, now: () => clock.nowMs };
    const counters = new LocalCounters(clock);
    const hit = jest.spyOn(counters, 'hit');
    const storage = new LimitStorage(counters, clock, 'gateway');
    for (let n = 1; n <= 2; n++) {
      expect(await storage.increment('k', 10_000, 2)).toMatchObject({ totalHits: n, isBlocked: false });
    }
    clock.nowMs = 500;
    expect(await storage.increment('k', 10_000, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 10 });
    clock.nowMs = 9_100;
    expect(await storage.increment('k', 10_000, 2)).toMatchObject({ isBlocked: true, timeToBlockExpire: 1 });
    expect(hit).toHaveBeenCalledTimes(3);
    clock.nowMs = 10_000;
    expect(await storage.increment('k', 10_000, 2)).toMatchObject({ totalHits: 1, isBlocked: false });
    expect(await storage.increment('other', 10_000, 2)).toMatchObject({ isBlocked: false });
  });
});
