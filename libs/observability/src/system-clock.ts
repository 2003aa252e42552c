// The real implementation of the core's clock.
import type { Clock } from '@vana/stream-core';

export const systemClock: Clock = {
  now: () => Date.now(),
  schedule(delayMs, task) {
    const timer = setTimeout(task, delayMs);
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
  defer(task) {
    setImmediate(task);
  },
};
