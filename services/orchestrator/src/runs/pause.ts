// Waiting by the Clock port, cut short by an abort signal.
import type { Clock } from '@vana/stream-core';

/** @throws the signal's reason */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return orAborted(signal, (settle) => clock.schedule(ms, settle));
}

/** Resolves or rejects as `work` does, unless the signal is aborted first. @throws the signal's reason */
export function unlessAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  work.catch(() => undefined); // left behind after an abort, it must not count as unhandled
  return new Promise<T>((resolve, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) return abort();
    signal.addEventListener('abort', abort, { once: true });
    work.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
  });
}

/** A signal that aborts with `reason()` after `ms`; `cancel` lets go of the timer. */
export function deadline(clock: Clock, ms: number, reason: () => Error): { signal: AbortSignal; cancel: () => void } {
  const controller = new AbortController();
  const cancel = clock.schedule(ms, () => controller.abort(reason()));
  return { signal: controller.signal, cancel };
}

function orAborted(signal: AbortSignal, begin: (settle: () => void) => () => void): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    if (signal.aborted) return reject(signal.reason as Error);
    const abort = (): void => {
      cancel();
      reject(signal.reason as Error);
    };
    const cancel = begin(() => {
      signal.removeEventListener('abort', abort);
      resolve();
    });
    signal.addEventListener('abort', abort, { once: true });
  });
}
