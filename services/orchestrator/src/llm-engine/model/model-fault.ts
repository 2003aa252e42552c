// What a failed model call means: whether the same call may work later, and what readers are told if not.
import { APICallError } from 'ai';
import type { ErrorCode } from '@vana/events';

export interface ModelFault {
  readonly code: Extract<ErrorCode, 'model_unavailable' | 'model_refused'>;
  /** The same call may work later. */
  readonly passing: boolean;
  readonly status?: number;
  /** What the server asks to wait. */
  readonly retryAfterMs?: number;
}

/** Answers of a server that is busy or broken; any other refusal would be repeated word for word. */
const PASSING_STATUS = (status: number): boolean => status === 408 || status === 409 || status === 429 || status >= 500;

/** What is no HTTP answer (a broken connection, a chunk that is no JSON, silence) may be different the next time. */
export function modelFault(error: unknown, nowMs: number): ModelFault {
  const status = APICallError.isInstance(error) ? error.statusCode : undefined;
  // An answer that began well and broke is told with its status, too.
  if (!APICallError.isInstance(error) || status === undefined || status < 400) {
    return { code: 'model_unavailable', passing: true };
  }
  if (!PASSING_STATUS(status)) return { code: 'model_refused', passing: false, status };
  const retryAfterMs = retryAfter(error.responseHeaders?.['retry-after'], nowMs);
  return {
    ...{ code: 'model_unavailable', passing: true, status },
    ...(retryAfterMs === undefined ? {} : { retryAfterMs }),
  };
}

/** Seconds or a date. */
function retryAfter(header: string | undefined, nowMs: number): number | undefined {
  if (header === undefined) return undefined;
  const ms = /^\s*\d+(\.\d+)?\s*$/.test(header) ? Number(header) * 1000 : Date.parse(header) - nowMs;
  return Number.isNaN(ms) ? undefined : Math.max(0, ms);
}
