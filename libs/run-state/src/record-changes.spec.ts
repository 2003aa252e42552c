import { describe, expect, it, jest } from '@jest/globals';
import { changeRun, changeSession, tombstoneOf } from './record-changes.js';
import type { RunRecord } from './run-record.js';
import { mayRead, type SessionRecord } from './session-record.js';

const session: SessionRecord = {
  tenant: 'acme',
  sessionId: 's1',
  owner: 'ada',
  readers: ['bob'],
  title: 'Secret plans',
  activeRunId: 'r1',
  createdAtMs: 1,
  updatedAtMs: 1,
};
const run: RunRecord = {
  tenant: 'acme',
  runId: 'r1',
  sessionId: 's1',
  owner: 'ada',
  query: 'why',
  status: 'queued',
  cancelRequested: false,
  createdAtMs: 1,
};

describe('a change of a record', () => {
  it('keeps what is fixed at creation', () => {
    const forged = { tenant: 'x', sessionId: 'x', runId: 'x', owner: 'x', createdAtMs: 9 };
    expect(changeSession(session, (record) => ({ ...record, ...forged, title: 'New' }))).toEqual({
      ...session,
      ...{ runId: 'x', title: 'New' },
    });
    expect(changeRun(run, (record) => ({ ...record, ...forged, status: 'running' }))).toEqual({
      ...run,
      status: 'running',
    });
  });

  it('stores nothing when it leaves the record alone', () => {
    expect(changeSession(session, () => undefined)).toBeUndefined();
    expect(changeRun(run, () => undefined)).toBeUndefined();
  });

  it('does not touch a tombstone', () => {
    const change = jest.fn((record: SessionRecord) => record);
    expect(changeSession(tombstoneOf(session, 5), change)).toBeUndefined();
    expect(change).not.toHaveBeenCalled();
  });
});

describe('a tombstone', () => {
  const tombstone = tombstoneOf(session, 5);

  it('tells owner and readers that the session is gone, and nothing of what it was about', () => {
    expect(tombstone).toEqual({
      tenant: 'acme',
      sessionId: 's1',
      owner: 'ada',
      readers: ['bob'],
      title: '',
      createdAtMs: 1,
      updatedAtMs: 5,
      deletedAtMs: 5,
    });
    expect(mayRead(tombstone, { id: 'bob', tenant: 'acme', scopes: [] })).toBe(true);
  });
});
