// Doing something to many things evenly over a time: a drain that lets all readers go in one moment would
// send them to the other pods in one moment.
import type { Clock } from '@vana/stream-core';

const TICK_MS = 50;
/** Few are done with at once: so many in a second harm nobody. */
const LEAST_PER_S = 250;

export interface SpreadOptions {
  /** Milliseconds that it takes at most; 0 does everything at once. */
  readonly overMs: number;
  readonly clock: Clock;
}

/** Calls `task` with each item; the first ones at once. Resolves after the last. `task` must not throw. */
export async function spread<T>(
  items: readonly T[],
  task: (item: T) => void,
  { overMs, clock }: SpreadOptions,
): Promise<void> {
  const ticks = Math.max(1, Math.floor(overMs / TICK_MS));
  const perTick = Math.max(Math.ceil(items.length / ticks), Math.ceil((LEAST_PER_S * TICK_MS) / 1_000));
  const step = overMs === 0 ? items.length : perTick;
  for (let at = 0; at < items.length; at += step) {
    if (at > 0) await new Promise<void>((resolve) => void clock.schedule(TICK_MS, resolve));
    for (const item of items.slice(at, at + step)) task(item);
  }
}
