// Waiting with a deadline.
import { setTimeout as sleep } from 'node:timers/promises';

export { sleep };

/** @returns whether it came true in time */
export async function until(
  check: () => boolean | Promise<boolean>,
  deadlineMs: number,
  pollMs = 25,
): Promise<boolean> {
  for (const end = performance.now() + deadlineMs; ; await sleep(pollMs)) {
    if (await check()) return true;
    if (performance.now() >= end) return false;
  }
}

/** Calls until it does not throw. @throws the last failure when time is up */
export async function persistently<T>(call: () => Promise<T>, deadlineMs: number, pauseMs = 100): Promise<T> {
  for (const end = performance.now() + deadlineMs; ; await sleep(pauseMs)) {
    try {
      return await call();
    } catch (error) {
      if (performance.now() >= end) throw error;
    }
  }
}
