// What a store does with a caller's change of a record, the same in every adapter.
import type { RunRecord } from './run-record.js';
import type { SessionRecord } from './session-record.js';

/**
 * The record to store after `change`; `undefined` when nothing is to be stored: the change left it alone or
 * it is a tombstone. Key, owner and creation time stay, whatever `change` returns.
 */
export function changeSession(
  standing: SessionRecord,
  change: (record: SessionRecord) => SessionRecord | undefined,
): SessionRecord | undefined {
  if (standing.deletedAtMs !== undefined) return undefined;
  const next = change(standing);
  if (next === undefined) return undefined;
  const { tenant, sessionId, owner, createdAtMs } = standing;
  return { ...next, tenant, sessionId, owner, createdAtMs };
}

/** The same for a run: key, session, owner and creation time stay. */
export function changeRun(
  standing: RunRecord,
  change: (record: RunRecord) => RunRecord | undefined,
): RunRecord | undefined {
  const next = change(standing);
  if (next === undefined) return undefined;
  const { tenant, runId, sessionId, owner, createdAtMs } = standing;
  return { ...next, tenant, runId, sessionId, owner, createdAtMs };
}

/**
 * What is left of a deleted session: who may learn that it is gone (owner and readers), not what it was
 * about, and no run.
 */
export function tombstoneOf(record: SessionRecord, deletedAtMs: number): SessionRecord {
  const { activeRunId: _, ...rest } = record;
  return { ...rest, title: '', updatedAtMs: deletedAtMs, deletedAtMs };
}
