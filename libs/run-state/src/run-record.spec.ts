import { describe, expect, it } from '@jest/globals';
import { RUN_STATUSES, canMove, isLost, isTerminal, type RunRecord } from './run-record.js';

describe('the transitions of a run', () => {
  it('are exactly these', () => {
    const moves = RUN_STATUSES.flatMap((from) =>
      RUN_STATUSES.filter((to) => canMove(from, to)).map((to) => `${from} > ${to}`),
    );
    expect(moves).toEqual([
      'queued > running',
      'queued > cancelled',
      'queued > failed',
      'running > completed',
      'running > partial',
      'running > cancelled',
      'running > failed',
    ]);
  });

  it('end in a state that nothing leaves', () => {
    const terminal = RUN_STATUSES.filter(isTerminal);
    expect(terminal).toEqual(['completed', 'partial', 'cancelled', 'failed']);
    for (const from of terminal) for (const to of RUN_STATUSES) expect(canMove(from, to)).toBe(false);
  });
});

describe('a lost run', () => {
  const run: RunRecord = {
    tenant: 'acme',
    runId: 'r1',
    sessionId: 's1',
    owner: 'ada',
    query: 'why',
    status: 'running',
    cancelRequested: false,
    createdAtMs: 1,
    leaseUntilMs: 1_000,
  };

  it('is running and its lease has passed', () => {
    expect(isLost(run, 999)).toBe(false);
    expect(isLost(run, 1_000)).toBe(true);
    expect(isLost({ ...run, status: 'queued' }, 1_000)).toBe(false);
    expect(isLost({ ...run, status: 'completed' }, 1_000)).toBe(false);
    const { leaseUntilMs: _, ...unleased } = run;
    expect(isLost(unleased, 0)).toBe(true);
  });
});
