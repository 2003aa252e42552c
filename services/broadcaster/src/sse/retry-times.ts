// How long clients wait before they come back, milliseconds; jittered, so that they do not come all at once.

const RETRY_MS = {
  usual: { least: 250, most: 1_500 },
  /** Many resume in this moment: a little later there is time for each. */
  resuming: { least: 1_000, most: 5_000 },
  /** The pod has too much to do. */
  shedding: { least: 5_000, most: 10_000 },
} as const;

export type RetryKind = keyof typeof RETRY_MS;

export function jitteredMs(kind: RetryKind): number {
  const { least, most } = RETRY_MS[kind];
  return Math.round(least + Math.random() * (most - least));
}
