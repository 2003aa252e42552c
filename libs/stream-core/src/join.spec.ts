import { describe, expect, it } from '@jest/globals';
import { join } from './join.js';

describe('join', () => {
  it.each([
    ['seen already', { seq: 5, prev: 3 }, 5, 'drop'],
    ['older', { seq: 5, prev: 3 }, 9, 'drop'],
    ['the next one', { seq: 5, prev: 3 }, 3, 'emit'],
    ['the first one', { seq: 5, prev: 0 }, 0, 'emit'],
    ['something in between', { seq: 9, prev: 5 }, 3, 'missing'],
    ['from before the first', { seq: 9, prev: 5 }, 0, 'missing'],
    ['first of its session, position gone', { seq: 9, prev: 0 }, 3, 'gap'],
    ['right after such a gap', { seq: 9, prev: 0 }, 8, 'emit'],
    ['a foreign position', { seq: 9, prev: 3 }, 5, 'reset'],
    ['a foreign position right before', { seq: 9, prev: 3 }, 8, 'reset'],
  ])('%s', (_name, entry, position, verdict) => {
    expect(join(entry, position)).toBe(verdict);
  });
});
