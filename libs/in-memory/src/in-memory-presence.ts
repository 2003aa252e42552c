// Presence within one process: broadcaster and gateway share this object.
import type { BroadcasterBeat, Presence } from '@vana/routing';

export interface InMemoryPresenceOptions {
  /** How often a pod's beat is looked at for changes (draining, address). Default 1 s, as on the bus. */
  readonly beatMs?: number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. Default: a timer that never keeps the process alive. */
  readonly schedule?: (delayMs: number, task: () => void) => () => void;
}

export class InMemoryPresence implements Presence {
  readonly #pods = new Map<symbol, () => BroadcasterBeat>();
  readonly #listeners = new Set<() => void>();
  readonly #silenceListeners = new Set<(podId: string) => void>();
  readonly #beatMs: number;
  readonly #schedule: (delayMs: number, task: () => void) => () => void;
  #cancelBeat: (() => void) | undefined;
  #known = '';

  constructor(options: InMemoryPresenceOptions = {}) {
    this.#beatMs = options.beatMs ?? 1_000;
    this.#schedule = options.schedule ?? scheduleUnref;
  }

  async announce(beat: () => BroadcasterBeat): Promise<() => Promise<void>> {
    const pod = Symbol('pod');
    this.#pods.set(pod, beat);
    this.#beat();
    return async () => {
      if (this.#pods.delete(pod)) this.#beat();
    };
  }

  present(): readonly BroadcasterBeat[] {
    return [...this.#pods.values()].map((beat) => beat());
  }

  /** Nobody has to be asked: whoever is there is known. */
  async discover(): Promise<void> {}

  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  onSilent(listener: (podId: string) => void): () => void {
    this.#silenceListeners.add(listener);
    return () => void this.#silenceListeners.delete(listener);
  }

  /** Pods of one process cannot fall silent by themselves: a test says that one has. */
  fellSilent(podId: string): void {
    for (const [pod, beat] of this.#pods) if (beat().podId === podId) this.#pods.delete(pod);
    this.#beat();
    for (const listener of this.#silenceListeners) listener(podId);
  }

  #beat(): void {
    this.#cancelBeat?.();
    this.#cancelBeat = this.#pods.size === 0 ? undefined : this.#schedule(this.#beatMs, () => this.#beat());
    const now = JSON.stringify(this.present().map(({ podId, url, draining }) => [podId, url, draining]));
    if (now === this.#known) return;
    this.#known = now;
    for (const listener of this.#listeners) listener();
  }
}

function scheduleUnref(delayMs: number, task: () => void): () => void {
  const timer = setTimeout(task, delayMs);
  timer.unref();
  return () => clearTimeout(timer);
}
