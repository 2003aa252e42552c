// Time and chance, given in so that tests can hold them.

export interface ClientClock {
  /** Milliseconds on a scale that never jumps back. */
  now(): number;
  /** Runs `task` once after `ms`; the returned function cancels it. */
  schedule(ms: number, task: () => void): () => void;
  /** In [0, 1). */
  random(): number;
}

export const systemClock: ClientClock = {
  now: () => performance.now(),
  schedule: (ms, task) => {
    const timer = setTimeout(task, ms);
    return () => clearTimeout(timer);
  },
  random: () => Math.random(),
};
