import { describe, expect, it } from '@jest/globals';
import { WorkLedger } from './work-ledger.js';

describe('WorkLedger', () => {
  it('is the share of known work that is done', () => {
    const ledger = new WorkLedger();
    expect(ledger.fraction()).toBe(0);
    ledger.expect('a', 4);
    ledger.complete();
    expect(ledger.fraction()).toBe(0.25);
  });

  it('does not go back when more becomes known', () => {
    const ledger = new WorkLedger();
    ledger.expect('a', 2);
    ledger.complete();
    expect(ledger.fraction()).toBe(0.5);
    ledger.expect('b', 6);
    expect(ledger.fraction()).toBe(0.5);
    for (let at = 0; at < 4; at++) ledger.complete();
    expect(ledger.fraction()).toBe(5 / 8);
  });

  it('uses up what was reserved before it counts more, and gives back the rest', () => {
    const ledger = new WorkLedger();
    ledger.reserve('a', 3);
    ledger.expect('a', 2);
    ledger.complete();
    ledger.complete();
    expect(ledger.fraction()).toBeCloseTo(2 / 3);
    ledger.release('a');
    expect(ledger.fraction()).toBe(1);
  });

  it('counts work that nobody announced', () => {
    const ledger = new WorkLedger();
    ledger.complete();
    expect(ledger.fraction()).toBe(1);
  });
});
