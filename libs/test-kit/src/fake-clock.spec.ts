import { describe, expect, it } from '@jest/globals';
import { FakeClock } from './fake-clock.js';

describe('FakeClock', () => {
  it('runs timers in the order of their due times and shows each its own time', async () => {
    const clock = new FakeClock(1_000);
    const seen: [string, number][] = [];
    clock.schedule(30, () => seen.push(['late', clock.now()]));
    clock.schedule(10, () => {
      seen.push(['early', clock.now()]);
      clock.schedule(10, () => seen.push(['chained', clock.now()]));
    });
    await clock.advance(29);
    expect(seen).toEqual([
      ['early', 1_010],
      ['chained', 1_020],
    ]);
    await clock.advance(1);
    expect(seen.at(-1)).toEqual(['late', 1_030]);
    expect(clock.now()).toBe(1_030);
  });

  it('does not run a cancelled timer', async () => {
    const clock = new FakeClock();
    let runs = 0;
    const cancel = clock.schedule(5, () => runs++);
    cancel();
    await clock.advance(10);
    expect(runs).toBe(0);
    expect(clock.scheduled).toBe(0);
  });

  it('flushes deferred tasks together with the promises that they start', async () => {
    const clock = new FakeClock();
    const seen: string[] = [];
    clock.defer(() => {
      seen.push('first');
      void Promise.resolve().then(() => clock.defer(() => seen.push('second')));
    });
    expect(seen).toEqual([]);
    await clock.flush();
    expect(seen).toEqual(['first', 'second']);
  });
});
