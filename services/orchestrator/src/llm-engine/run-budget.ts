// What one run may use up. Research may use most of it; the rest is kept for the report, so that a run which has
// reached its budget still says what it found.
import type { Clock } from '@vana/stream-core';

export interface BudgetLimits {
  /** Prompts and answers together. */
  readonly tokens: number;
  readonly timeMs: number;
  readonly toolCalls: number;
}

export type BudgetKind = keyof typeof REASONS;
/** Work that may use up to this part of the budget. */
export type BudgetPart = keyof typeof SHARES;

const REASONS = { tokens: 'budget_tokens', time: 'budget_time', tool_calls: 'budget_tool_calls' } as const;
const SHARES = { research: 0.8, report: 1 } as const;

export class BudgetSpent extends Error {
  constructor(readonly kind: BudgetKind) {
    super(`budget spent: ${kind}`);
    this.name = 'BudgetSpent';
  }
}

export class RunBudget {
  private tokens = 0;
  private toolCalls = 0;
  private first: BudgetKind | undefined;
  private readonly times = { research: new AbortController(), report: new AbortController() };
  private readonly cancelTimers: readonly (() => void)[];

  constructor(
    private readonly limits: BudgetLimits,
    clock: Pick<Clock, 'schedule'>,
  ) {
    this.cancelTimers = (['research', 'report'] as const).map((part) =>
      clock.schedule(limits.timeMs * SHARES[part], () => this.times[part].abort(new BudgetSpent('time'))),
    );
  }

  /** The reason of a run that ends before it is done; `undefined` while nothing is used up. */
  get reason(): string | undefined {
    return this.first && REASONS[this.first];
  }

  /** Aborted, with a BudgetSpent, when the time for this part is over. */
  timeFor(part: BudgetPart): AbortSignal {
    return this.times[part].signal;
  }

  tokensLeft(part: BudgetPart): number {
    return Math.max(0, Math.floor(this.limits.tokens * SHARES[part]) - this.tokens);
  }

  /** @param tokens also negative, where an estimate was too high */
  spendTokens(tokens: number): void {
    this.tokens += tokens;
  }

  /** @returns false when there are none left */
  takeToolCall(): boolean {
    if (this.toolCalls >= this.limits.toolCalls) {
      this.spent('tool_calls');
      return false;
    }
    this.toolCalls++;
    return true;
  }

  /** Notes that work was left undone for want of it. */
  spent(kind: BudgetKind): BudgetSpent {
    this.first ??= kind;
    return new BudgetSpent(kind);
  }

  /** Lets go of the timers. */
  close(): void {
    for (const cancel of this.cancelTimers) cancel();
  }
}
