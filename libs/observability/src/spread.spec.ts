import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { spread } from './spread.js';

const numbers = (count: number) => Array.from({ length: count }, (_, n) => n);

describe('spread', () => {
  it('takes the whole time for many, evenly and in order', async () => {
    const clock = new FakeClock();
    const done: number[] = [];
    let ended = false;
    const all = numbers(10_000);
    void spread(all, (n) => done.push(n), { overMs: 20_000, clock }).then(() => {
      ended = true;
    });
    const perSecond: number[] = [];
    for (let second = 0; second < 20; second++) {
      const before = done.length;
      await clock.advance(999);
      perSecond.push(done.length - before);
      await clock.advance(1);
    }
    expect(Math.max(...perSecond)).toBeLessThanOrEqual(550);
    expect(Math.min(...perSecond)).toBeGreaterThanOrEqual(450);
    expect(done).toEqual(all);
    expect(ended).toBe(true);
  });

  it('is quick with few, and does not wait at all with a handful', async () => {
    const clock = new FakeClock();
    const done: number[] = [];
    await spread(numbers(10), (n) => done.push(n), { overMs: 20_000, clock });
    expect(done).toHaveLength(10);
    const more = spread(numbers(250), (n) => done.push(n), { overMs: 20_000, clock });
    await clock.advance(1_000);
    await more;
    expect(done).toHaveLength(260);
  });

  it('does everything at once when there is no time', async () => {
    const done: number[] = [];
    await spread(numbers(5_000), (n) => done.push(n), { overMs: 0, clock: new FakeClock() });
    expect(done).toHaveLength(5_000);
  });
});
