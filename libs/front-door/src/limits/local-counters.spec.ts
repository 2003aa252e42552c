import { describe, expect, it } from '@jest/globals';
import { LocalCounters } from './local-counters.js';

describe('LocalCounters', () => {
  const world = (maxKeys?: number) => {
    const clock = { nowMs: 0, now: () => clock.nowMs };
    return { clock, counters: new LocalCounters(clock, maxKeys) };
  };

  it('counts each key in windows that begin with its first event', async () => {
    const { clock, counters } = world();
    expect(await counters.hit('a', 1_000)).toEqual({ hits: 1, resetMs: 1_000 });
    clock.nowMs = 999;
    expect(await counters.hit('a', 1_000)).toEqual({ hits: 2, resetMs: 1 });
    expect(await counters.hit('b', 1_000)).toEqual({ hits: 1, resetMs: 1_000 });
    clock.nowMs = 1_000;
    expect(await counters.hit('a', 1_000)).toEqual({ hits: 1, resetMs: 1_000 });
  });

  it('keeps a bounded number of keys: the oldest go first', async () => {
    const { counters } = world(2);
    for (const key of ['a', 'b', 'c']) await counters.hit(key, 1_000);
    expect(await counters.hit('b', 1_000)).toMatchObject({ hits: 2 });
    expect(await counters.hit('a', 1_000)).toMatchObject({ hits: 1 });
  });
});
