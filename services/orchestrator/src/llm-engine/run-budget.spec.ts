import { describe, expect, it } from '@jest/globals';
import { FakeClock } from '@vana/test-kit';
import { BudgetSpent, RunBudget } from './run-budget.js';

const LIMITS = { tokens: 1_000, timeMs: 10_000, toolCalls: 2 };

describe('RunBudget', () => {
  it('keeps a fifth of the tokens for the report', () => {
    const budget = new RunBudget(LIMITS, new FakeClock());
    expect([budget.tokensLeft('research'), budget.tokensLeft('report')]).toEqual([800, 1_000]);
    budget.spendTokens(900);
    expect([budget.tokensLeft('research'), budget.tokensLeft('report')]).toEqual([0, 100]);
    budget.spendTokens(-400);
    expect(budget.tokensLeft('research')).toBe(300);
    expect(budget.reason).toBeUndefined();
  });

  it('keeps a fifth of the time for the report', async () => {
    const clock = new FakeClock();
    const budget = new RunBudget(LIMITS, clock);
    await clock.advance(7_999);
    expect(budget.timeFor('research').aborted).toBe(false);
    await clock.advance(1);
    expect(budget.timeFor('research').reason).toEqual(new BudgetSpent('time'));
    expect(budget.timeFor('report').aborted).toBe(false);
    // Nothing was left undone for it yet.
    expect(budget.reason).toBeUndefined();
    await clock.advance(2_000);
    expect(budget.timeFor('report').aborted).toBe(true);
  });

  it('counts tool calls; the first thing that ran out is the reason', () => {
    const budget = new RunBudget(LIMITS, new FakeClock());
    expect([budget.takeToolCall(), budget.takeToolCall(), budget.reason]).toEqual([true, true, undefined]);
    expect([budget.takeToolCall(), budget.reason]).toEqual([false, 'budget_tool_calls']);
    budget.spent('tokens');
    expect(budget.reason).toBe('budget_tool_calls');
  });

  it('leaves no timer behind', () => {
    const clock = new FakeClock();
    const budget = new RunBudget(LIMITS, clock);
    expect(clock.scheduled).toBe(2);
    budget.close();
    expect(clock.scheduled).toBe(0);
  });
});
