// Rendezvous (highest random weight) hashing with bounded load. Each pod draws a number for each key and
// the highest wins, so a pod that leaves moves its own keys only and no ring has to be kept. A pod far
// above the average load is passed over, so one busy tenant cannot melt the pod that its sessions hash to.
import { hashText } from './hash.js';
import type { BroadcasterBeat } from './presence.js';

/** A pod takes at most this many times the mean load before others are asked first. */
export const LOAD_FACTOR = 1.25;

/** Below this many connections nothing is moved: readers of one session should share one feed. */
export const UNBOUNDED_CONNECTIONS = 64;

/**
 * The pods for `key`, best first. Draining and excluded ones are left out. Pods that are full or above
 * the load bound come last, in the same order of preference: better a busy pod than none.
 * @param key `<tenant>.<session>`
 * @param exclude pod ids that were tried already
 */
export function rankBroadcasters(
  key: string,
  pods: readonly BroadcasterBeat[],
  exclude: ReadonlySet<string> = new Set(),
): BroadcasterBeat[] {
  const serving = pods.filter((pod) => !pod.draining);
  const bound = loadBound(serving);
  const overloaded = (pod: BroadcasterBeat) => pod.connections >= bound || pod.connections >= pod.maxConnections;
  return serving
    .filter((pod) => !exclude.has(pod.podId))
    .map((pod) => ({ pod, last: overloaded(pod), weight: hashText(`${key} ${pod.podId}`) }))
    .sort((a, b) => Number(a.last) - Number(b.last) || b.weight - a.weight || (a.pod.podId < b.pod.podId ? -1 : 1))
    .map(({ pod }) => pod);
}

/** The first of `rankBroadcasters`; `undefined` when no pod is left. */
export function chooseBroadcaster(
  key: string,
  pods: readonly BroadcasterBeat[],
  exclude: ReadonlySet<string> = new Set(),
): BroadcasterBeat | undefined {
  return rankBroadcasters(key, pods, exclude)[0];
}

/** Connections at which a pod counts as loaded: c × the mean once the new one is in. */
function loadBound(pods: readonly BroadcasterBeat[]): number {
  const total = pods.reduce((sum, pod) => sum + pod.connections, 0);
  return Math.max(UNBOUNDED_CONNECTIONS, Math.ceil((LOAD_FACTOR * (total + 1)) / Math.max(1, pods.length)));
}
