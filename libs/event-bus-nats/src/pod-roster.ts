// Who has been heard of. Silence is judged against the last beat of anybody: when nobody is heard, it is
// the bus that is silent, and the pods stay listed.
import type { BroadcasterBeat } from '@vana/routing';

const EXPIRY_MS = 3_000;

export class PodRoster {
  readonly #pods = new Map<string, { beat: BroadcasterBeat; heardAtMs: number }>();
  #latestMs = 0;

  /** @returns whether the set of pods, their draining or their addresses have changed */
  heard(beat: BroadcasterBeat, nowMs: number): boolean {
    const known = this.#pods.get(beat.podId)?.beat;
    this.#pods.set(beat.podId, { beat, heardAtMs: nowMs });
    this.#latestMs = Math.max(this.#latestMs, nowMs);
    const expired = this.#dropExpired();
    return expired || known?.url !== beat.url || known.draining !== beat.draining;
  }

  /** @returns whether the pod was known */
  left(podId: string): boolean {
    return this.#pods.delete(podId);
  }

  present(): BroadcasterBeat[] {
    return [...this.#pods.values()].map(({ beat }) => beat);
  }

  #dropExpired(): boolean {
    const before = this.#pods.size;
    for (const [podId, { heardAtMs }] of this.#pods) {
      if (this.#latestMs - heardAtMs > EXPIRY_MS) this.#pods.delete(podId);
    }
    return this.#pods.size < before;
  }
}
