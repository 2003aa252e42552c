// Many arrivals, one flush: at the next animation frame, or a little later where there are none (a hidden
// tab, a server), so that a page commits at most once per frame and nothing waits for the tab to be shown.

/** A hidden tab gets no frames. */
const WITHOUT_FRAMES_MS = 250;

export class FrameBatch {
  #frame: number | undefined;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly flush: () => void) {}

  /** A flush will come. */
  request(): void {
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => this.now(), WITHOUT_FRAMES_MS);
    if (typeof requestAnimationFrame === 'function') this.#frame = requestAnimationFrame(() => this.now());
  }

  /** Flushes what is waiting, if something is. */
  now(): void {
    if (this.#timer === undefined) return;
    this.cancel();
    this.flush();
  }

  cancel(): void {
    clearTimeout(this.#timer);
    if (this.#frame !== undefined) cancelAnimationFrame(this.#frame);
    this.#timer = undefined;
    this.#frame = undefined;
  }
}
