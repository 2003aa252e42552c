// Who has been heard of. Silence is judged against the beats of others, in the time in which somebody was
// heard: when nobody is, it is the bus that is silent (or this process), and the pods stay listed.
import type { BroadcasterBeat } from '@vana/routing';

const EXPIRY_MS = 3_000;
/** Pods beat every second: a longer pause of all of them is nobody's own. */
const COMMON_PAUSE_MS = 1_500;

export interface RosterChange {
  /** The set of pods, their draining or their addresses. */
  readonly changed: boolean;
  /** Pods that are listed no more, because they were not heard of for too long. */
  readonly silent: readonly string[];
}

export class PodRoster {
  readonly #pods = new Map<string, { beat: BroadcasterBeat; heardAtMs: number }>();
  #latestMs = -Infinity;

  heard(beat: BroadcasterBeat, nowMs: number): RosterChange {
    this.#forgiveCommonPause(nowMs);
    this.#latestMs = nowMs;
    const known = this.#pods.get(beat.podId)?.beat;
    this.#pods.set(beat.podId, { beat, heardAtMs: nowMs });
    const silent = this.#dropSilent(nowMs);
    return { changed: silent.length > 0 || known?.url !== beat.url || known.draining !== beat.draining, silent };
  }

  /** @returns whether the pod was known */
  left(podId: string): boolean {
    return this.#pods.delete(podId);
  }

  present(): BroadcasterBeat[] {
    return [...this.#pods.values()].map(({ beat }) => beat);
  }

  #forgiveCommonPause(nowMs: number): void {
    const pauseMs = nowMs - this.#latestMs;
    if (pauseMs <= COMMON_PAUSE_MS) return;
    for (const pod of this.#pods.values()) pod.heardAtMs += pauseMs;
  }

  #dropSilent(nowMs: number): string[] {
    const silent = [...this.#pods].filter(([, { heardAtMs }]) => nowMs - heardAtMs > EXPIRY_MS).map(([podId]) => podId);
    for (const podId of silent) this.#pods.delete(podId);
    return silent;
  }
}
