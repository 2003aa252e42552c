// How a run ended, and the one or two events that say so.
import { ERROR_CODES, VanaError, type ErrorCode } from '@vana/events';
import type { RunRecord, TerminalRunStatus } from '@vana/run-state';
import type { EngineEvent, EngineOutcome } from '../engine/research-engine.js';

export interface RunEnd {
  readonly status: TerminalRunStatus;
  readonly finalReport: string;
  readonly reason?: string;
  /** Told by an `error` event before the end. */
  readonly fault?: ErrorCode;
}

export function endOfOutcome({ status, finalReport, reason }: EngineOutcome): RunEnd {
  return { status, finalReport, ...(reason === undefined ? {} : { reason }) };
}

export const CANCELLED: RunEnd = { status: 'cancelled', finalReport: '' };

export function failure(fault: ErrorCode): RunEnd {
  return { status: 'failed', finalReport: '', reason: fault, fault };
}

/** A fault of our own keeps its code; whatever else an engine throws is not told to readers. */
export function faultOf(error: unknown): ErrorCode {
  return error instanceof VanaError ? error.code : 'engine_failed';
}

/** A run's first event. */
export function startedEvent({ runId, query, retryOf, regenerates }: RunRecord): EngineEvent {
  return {
    type: 'research_started',
    channel: 'research',
    data: {
      ...{ runId, query },
      ...(retryOf === undefined ? {} : { retryOf }),
      ...(regenerates === undefined ? {} : { regenerates }),
    },
  };
}

export function errorEvent(runId: string, code: ErrorCode): EngineEvent {
  const { category, message, retryable } = ERROR_CODES[code];
  return { type: 'error', channel: 'research', data: { runId, code, category, message, retryable } };
}

export function completeEvent(runId: string, { status, finalReport, reason }: RunEnd): EngineEvent {
  return {
    type: 'research_complete',
    channel: 'research',
    data: { runId, status, final_report: finalReport, ...(reason === undefined ? {} : { reason }) },
  };
}
