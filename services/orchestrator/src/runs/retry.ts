// Trying again what a peer could not do just now: waits that double, until it works or the signal says stop.
import { VanaError, type ErrorCode } from '@vana/events';
import type { Clock } from '@vana/stream-core';
import { pause } from './pause.js';
import type { RunLimits } from './run-limits.js';
import { RunStopped } from './run-stop.js';

/** The same call may work later; each of our calls is safe to repeat (same event id, compare-and-set). */
const PASSING: ReadonlySet<ErrorCode> = new Set([
  'publish_unknown',
  'bus_unavailable',
  'store_unavailable',
  'store_conflict',
]);

/** What is no error of ours may be a fault that stays: it is not tried for ever. */
const UNKNOWN_ERROR_TRIES = 5;

export type RetryLimits = Pick<RunLimits, 'retryMinMs' | 'retryMaxMs'>;

/** @throws what `call` throws if it does not pass by itself; the signal's reason */
export async function retryPassing<T>(
  call: () => Promise<T>,
  { clock, limits, signal, onRetry }: RetryOptions,
): Promise<T> {
  let unknownErrors = 0;
  for (let waitMs = limits.retryMinMs; ; waitMs = Math.min(waitMs * 2, limits.retryMaxMs)) {
    signal.throwIfAborted();
    try {
      return await call();
    } catch (error) {
      if (error instanceof RunStopped) throw error;
      if (error instanceof VanaError ? !PASSING.has(error.code) : ++unknownErrors >= UNKNOWN_ERROR_TRIES) throw error;
      onRetry(error);
    }
    await pause(clock, waitMs, signal);
  }
}

export interface RetryOptions {
  readonly clock: Clock;
  readonly limits: RetryLimits;
  readonly signal: AbortSignal;
  readonly onRetry: (error: unknown) => void;
}
