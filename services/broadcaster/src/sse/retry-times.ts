// How long clients wait before they come back, milliseconds; jittered, so that they do not come all at once.

const RETRY_MS = {
  usual: { least: 250, most: 1_500 },
  /** The pod has too much to do. */
  shedding: { least: 5_000, most: 10_000 },
} as const;

export function jitteredMs(kind: keyof typeof RETRY_MS): number {
  const { least, most } = RETRY_MS[kind];
  return Math.round(least + Math.random() * (most - least));
}
