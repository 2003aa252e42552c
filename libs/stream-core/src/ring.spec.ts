import { describe, expect, it } from '@jest/globals';
import { Ring } from './ring.js';

const item = (from: number, to: number, bytes = 10) => ({
  from,
  to,
  frame: new Uint8Array(bytes),
  entry: { seq: to, prev: from, storedAtMs: to, event: {} as never },
});
const filled = (count: number, capacity: number, byteBudget = 1_000_000): Ring => {
  const ring = new Ring(100, capacity, byteBudget);
  for (let n = 0; n < count; n++) ring.push(item(100 + n * 2, 102 + n * 2));
  return ring;
};
const positions = (ring: Ring, after: number, max = 100, bytes = 1_000): number[] =>
  ring.after(after, max, bytes).map(({ to }) => to);

describe('Ring', () => {
  it('serves what comes after a position that it covers', () => {
    const ring = filled(4, 10);
    expect(positions(ring, 100)).toEqual([102, 104, 106, 108]);
    expect(positions(ring, 104)).toEqual([106, 108]);
    expect(positions(ring, 108)).toEqual([]);
    expect(positions(ring, 200)).toEqual([]);
    expect([ring.covers(99), ring.covers(100)]).toEqual([false, true]);
  });

  it('bounds a read by items and bytes, but gives at least one', () => {
    const ring = filled(4, 10);
    expect(positions(ring, 100, 2)).toEqual([102, 104]);
    expect(positions(ring, 100, 10, 25)).toEqual([102, 104]);
    expect(positions(ring, 100, 10, 1)).toEqual([102]);
  });

  it('evicts by count and moves its base', () => {
    const ring = filled(1_000, 7);
    expect(ring.length).toBe(7);
    expect(ring.bytes).toBe(70);
    expect(ring.base).toBe(100 + 993 * 2);
    expect(positions(ring, ring.base)[0]).toBe(ring.base + 2);
  });

  it('evicts by bytes, keeping the newest however large', () => {
    const ring = filled(10, 100, 35);
    expect(ring.length).toBe(3);
    ring.push(item(120, 122, 500));
    expect([ring.length, ring.base, ring.last]).toEqual([1, 120, 122]);
  });

  it('knows the steps of its session and no other position', () => {
    const ring = filled(10, 5);
    expect([110, 112, 120].map((position) => ring.knows(position))).toEqual([true, true, true]);
    expect([111, 108, 121].map((position) => ring.knows(position))).toEqual([false, false, false]);
  });

  it('expires by stored time, from the front', () => {
    const ring = filled(4, 10);
    expect(ring.expire(106)).toBe(2);
    expect([ring.base, ring.last, ring.length]).toEqual([104, 108, 2]);
    expect(ring.expire(1_000)).toBe(2);
    expect([ring.base, ring.last, ring.length]).toEqual([108, 108, 0]);
  });

  it('refuses what does not continue it', () => {
    expect(() => filled(1, 5).push(item(100, 104))).toThrow(RangeError);
  });
});
