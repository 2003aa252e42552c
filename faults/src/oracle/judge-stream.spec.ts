import { describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@vana/test-kit';
import type { Acknowledged } from '../load/session-writer.js';
import { judgeRuns } from './judge-runs.js';
import { judgeAcknowledged, judgeChain } from './judge-stream.js';
import type { Stored } from './stored.js';
import { Findings } from './verdicts.js';

const session = { tenant: 't', sessionId: 's' };
const key = 't.s';
const stored = (seq: number, prev: number | undefined, body: object = {}, messageId = `m${seq}`): Stored => ({
  seq,
  session: key,
  prev,
  messageId,
  body: JSON.stringify(body),
});
const counts = (judge: (findings: Findings) => void): object => {
  const findings = new Findings();
  judge(findings);
  return Object.fromEntries(findings.counts);
};

describe('judgeAcknowledged', () => {
  const event = sampleEvent(session, 'e1');
  const acknowledged: Acknowledged = { session, event, seq: 3, epoch: 'e', tookMs: 0, atMs: 0 };
  const judge = (list: readonly Stored[], dropped = false): object =>
    counts((findings) => judgeAcknowledged([acknowledged], new Map([[key, list]]), () => dropped, findings));

  it('wants the event where it was said to be', () => {
    expect(judge([stored(3, 0, event)])).toEqual({});
    expect(judge([stored(4, 0, event)])).toEqual({ unstored: 1 });
    expect(judge([stored(3, 0, { ...event, id: 'e2' })])).toEqual({ unstored: 1 });
    expect(judge([{ ...stored(3, 0, event), session: 'u.s' }])).toEqual({ unstored: 1 });
    expect(judge([])).toEqual({ unstored: 1 });
    expect(judge([], true)).toEqual({});
  });
});

describe('judgeChain', () => {
  const judge = (list: readonly Stored[], retention = false, poison: number[] = []): object =>
    counts((findings) => judgeChain(key, list, { retention, poison: new Set(poison) }, findings));

  it('wants each to name the one before it, and no id twice', () => {
    expect(judge([stored(2, 0), stored(5, 2)])).toEqual({});
    expect(judge([stored(2, 0), stored(5, 0)])).toEqual({ broken_chain: 1 });
    expect(judge([stored(2, 1), stored(5, 2)])).toEqual({ broken_chain: 1 });
    expect(judge([stored(2, 1), stored(5, 2)], true)).toEqual({});
    expect(judge([stored(2, 0), stored(3, undefined), stored(5, 3)])).toEqual({ broken_chain: 1 });
    expect(judge([stored(2, 0), stored(3, undefined), stored(5, 3)], false, [3])).toEqual({});
    expect(judge([stored(2, 0, {}, 'm'), stored(5, 2, {}, 'm')])).toEqual({ stored_twice: 1 });
  });
});

describe('judgeRuns', () => {
  const run = (...events: [type: string, id: string][]): Stored[] =>
    events.map(([type, id], n) => stored(n + 1, n, { type, id, runId: 'r' }));
  const judge = (list: readonly Stored[]): object => counts((findings) => judgeRuns(key, list, ['r'], findings));

  it('wants one end, at the end, and numbers without a hole', () => {
    const start: [string, string] = ['research_started', 'r:1'];
    const end: [string, string] = ['research_complete', 'r:end'];
    expect(judge(run(start, ['x', 'r:2'], end))).toEqual({});
    expect(judge(run(start, ['x', 'r:2']))).toEqual({ bad_run: 1 });
    expect(judge(run(start, end, end))).toEqual({ bad_run: 1 });
    expect(judge(run(start, end, ['x', 'r:2']))).toEqual({ bad_run: 1 });
    expect(judge(run(start, ['x', 'r:3'], end))).toEqual({ bad_run: 1 });
    expect(judge([])).toEqual({ bad_run: 1 });
  });
});
