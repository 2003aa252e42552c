// Waiting for an answer only so long, on the injected clock.
import type { Clock } from './ports/clock.js';

/** The promise's value, or `undefined` when it is not there after `ms`; a late rejection is swallowed. */
export function within<T>(clock: Clock, ms: number, promise: Promise<T>): Promise<T | undefined> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(ms, () => resolve(undefined));
    promise.then(resolve, reject).finally(cancel);
  });
}
