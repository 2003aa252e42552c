// The records as they are published in docs/api: the contract cannot import them, so their fields are compared here.
import { describe, expect, it } from '@jest/globals';
import { COMMANDS, RUN_STATES, runRecordSchema, sessionRecordSchema } from '@vana/events';
import { ORCHESTRATOR_PATTERNS, RUN_STATUSES, type RunRecord, type SessionRecord } from './index.js';

// A field that is missing here, or one too many, does not compile.
const RUN: Record<keyof RunRecord, true> = {
  tenant: true,
  runId: true,
  sessionId: true,
  owner: true,
  query: true,
  status: true,
  cancelRequested: true,
  idempotencyKey: true,
  createdAtMs: true,
  startedAtMs: true,
  endedAtMs: true,
  claimedBy: true,
  leaseUntilMs: true,
  attempts: true,
  worker: true,
  regenerates: true,
  retryOf: true,
  reason: true,
};
const SESSION: Record<keyof SessionRecord, true> = {
  tenant: true,
  sessionId: true,
  owner: true,
  readers: true,
  title: true,
  activeRunId: true,
  createdAtMs: true,
  updatedAtMs: true,
  deletedAtMs: true,
};

const fields = (record: object) => Object.keys(record).sort();

describe('published schemas', () => {
  it('have the fields of the records', () => {
    expect(fields(runRecordSchema.shape)).toEqual(fields(RUN));
    expect(fields(sessionRecordSchema.shape)).toEqual(fields(SESSION));
  });

  it('take a record', () => {
    const run: RunRecord = {
      tenant: 't',
      runId: 'r1',
      sessionId: 's1',
      owner: 'ann',
      query: 'why?',
      status: 'queued',
      cancelRequested: false,
      createdAtMs: 1,
    };
    const session: SessionRecord = {
      tenant: 't',
      sessionId: 's1',
      owner: 'ann',
      readers: ['bob'],
      title: '',
      createdAtMs: 1,
      updatedAtMs: 2,
    };
    expect(runRecordSchema.safeParse(run).error).toBeUndefined();
    expect(sessionRecordSchema.safeParse(session).error).toBeUndefined();
    expect([...RUN_STATES]).toEqual([...RUN_STATUSES]);
  });

  it('have the subjects of the commands', () => {
    const subjects = Object.fromEntries(Object.entries(COMMANDS).map(([name, { subject }]) => [name, subject]));
    expect(subjects).toEqual(ORCHESTRATOR_PATTERNS);
  });
});
