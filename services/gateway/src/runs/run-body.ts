// A run as callers see it.
import { VanaError, isValidId, type RunBody, type StartRunAnswer } from '@vana/events';
import type { RunRecord } from '@vana/run-state';

const iso = (ms: number) => new Date(ms).toISOString();

export function runBody(run: RunRecord): RunBody {
  return {
    run_id: run.runId,
    session_id: run.sessionId,
    status: run.status,
    query: run.query,
    cancel_requested: run.cancelRequested,
    created_at: iso(run.createdAtMs),
    ...(run.startedAtMs === undefined ? {} : { started_at: iso(run.startedAtMs) }),
    ...(run.endedAtMs === undefined ? {} : { ended_at: iso(run.endedAtMs) }),
    ...(run.reason === undefined ? {} : { reason: run.reason }),
  };
}

export function startRunAnswer(run: RunRecord): StartRunAnswer {
  return {
    success: true,
    session_id: run.sessionId,
    run_id: run.runId,
    message: 'The run is accepted; follow it on the event stream.',
    timestamp: iso(run.createdAtMs),
  };
}

/** @throws VanaError invalid_run_id */
export function runIdOf(text: string): string {
  if (!isValidId(text)) throw new VanaError('invalid_run_id');
  return text;
}
