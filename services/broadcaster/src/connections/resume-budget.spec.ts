import { describe, expect, it } from '@jest/globals';
import { ResumeBudget } from './resume-budget.js';

describe('ResumeBudget', () => {
  it('lets a burst in, then so many a second, and never saves up more than a burst', () => {
    let nowMs = 1_000_000;
    const budget = new ResumeBudget({ resumesPerSecond: 10, resumeBurst: 20 }, { now: () => nowMs });
    const taken = (tries: number) => Array.from({ length: tries }, () => budget.take()).filter(Boolean).length;
    expect(taken(50)).toBe(20);
    nowMs += 50;
    expect(taken(50)).toBe(0);
    nowMs += 50;
    expect(taken(50)).toBe(1);
    nowMs += 1_000;
    expect(taken(50)).toBe(10);
    nowMs += 3_600_000;
    expect(taken(50)).toBe(20);
    nowMs -= 600_000;
    expect(taken(50)).toBe(0);
    nowMs += 100;
    expect(taken(50)).toBe(1);
  });
});
