// A task that comes again and again on the clock port. It must not throw.
import type { Clock } from '@vana/stream-core';

/** Returns the function that stops it. */
export function every(clock: Clock, intervalMs: number, task: (nowMs: number) => void): () => void {
  let cancel: () => void;
  const next = (): void => {
    cancel = clock.schedule(intervalMs, () => {
      next();
      task(clock.now());
    });
  };
  next();
  return () => cancel();
}
