import { describe, expect, it } from '@jest/globals';
import { deliveryOf, replayOf } from './query.js';

describe('replayOf', () => {
  it.each([
    [undefined, { replay: 'recent', merge: false }],
    ['', { replay: 'recent', merge: false }],
    ['merged', { replay: 'recent', merge: true }],
    ['all', { replay: 'all', merge: false }],
    ['none', { replay: 'none', merge: false }],
    ['0', { replay: 'none', merge: false }],
    ['25', { replay: 25, merge: false }],
  ])('%j', (replay, expected) => {
    expect(replayOf({ replay })).toEqual(expected);
  });

  it.each(['-1', '1.5', 'everything', '12345678901'])('refuses %j', (replay) => {
    expect(() => replayOf({ replay })).toThrow(expect.objectContaining({ code: 'invalid_query' }));
  });
});

describe('deliveryOf', () => {
  it('is exact unless asked for', () => {
    expect([deliveryOf({}), deliveryOf({ delivery: 'adaptive' })]).toEqual(['exact', 'adaptive']);
    expect(() => deliveryOf({ delivery: 'fast' })).toThrow(expect.objectContaining({ code: 'invalid_query' }));
  });
});
