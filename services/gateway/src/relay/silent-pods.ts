// Who must leave a broadcaster that has fallen silent: it may be frozen or cut off from the bus, and still
// take connections, so nothing on the connection itself would tell.
import type { Presence } from '@vana/routing';

export class SilentPods {
  readonly #leavers = new Map<string, Set<() => void>>();
  readonly #stop: () => void;

  constructor(presence: Pick<Presence, 'onSilent'>) {
    this.#stop = presence.onSilent((podId) => {
      for (const leave of this.#leavers.get(podId) ?? []) leave();
    });
  }

  /** Calls `leave` when the pod falls silent; returns the function that ends the watch. */
  watch(podId: string, leave: () => void): () => void {
    const ofPod = this.#leavers.get(podId) ?? new Set();
    this.#leavers.set(podId, ofPod.add(leave));
    return () => {
      ofPod.delete(leave);
      if (ofPod.size === 0 && this.#leavers.get(podId) === ofPod) this.#leavers.delete(podId);
    };
  }

  close(): void {
    this.#stop();
  }
}
