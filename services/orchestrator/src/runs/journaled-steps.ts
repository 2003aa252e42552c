// Finished steps of one run, kept in the store: what an engine asks for a second time it is given.
import type { RunRecord, StepStore } from '@vana/run-state';
import type { Clock } from '@vana/stream-core';
import type { RunSteps } from '../engine/run-steps.js';
import { retryPassing, type RetryLimits } from './retry.js';
import type { RunObserver } from './run-observer.js';

export interface StepPorts {
  readonly steps: StepStore;
  readonly clock: Clock;
  readonly limits: RetryLimits;
  readonly observer: RunObserver;
}

/** @param signal stops waiting for the store */
export function journaledSteps(ports: StepPorts, run: RunRecord, signal: AbortSignal): RunSteps {
  const { steps, clock, limits, observer } = ports;
  const onRetry = (error: unknown): void => observer.retried(run, 'store', error);
  const patiently = <T>(call: () => Promise<T>): Promise<T> => retryPassing(call, { clock, limits, signal, onRetry });
  return {
    once: async <T>(name: string, work: () => Promise<T>): Promise<T> => {
      // A run at its first attempt has nothing stored.
      const known = (run.attempts ?? 1) > 1 ? await patiently(() => steps.get(run, name)) : undefined;
      if (known !== undefined) return JSON.parse(known) as T;
      const result = await work();
      await patiently(() => steps.put(run, name, JSON.stringify(result) ?? 'null'));
      return result;
    },
  };
}
