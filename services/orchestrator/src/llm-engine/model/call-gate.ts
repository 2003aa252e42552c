// In front of the model server: so many calls at once, and none before it wants to hear from us again.
import type { Clock } from '@vana/stream-core';
import { pause, unlessAborted } from '../../runs/pause.js';

export class CallGate {
  private inside = 0;
  private readonly waiting: (() => void)[] = [];
  private notBeforeMs = 0;

  constructor(
    private readonly clock: Clock,
    private readonly callsAtOnce: number,
  ) {}

  /** Resolves with the way out, to be called once. @throws the signal's reason */
  async enter(signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    if (this.inside < this.callsAtOnce) this.inside++;
    else await this.queue(signal);
    try {
      for (let waitMs = this.waitMs(); waitMs > 0; waitMs = this.waitMs()) await pause(this.clock, waitMs, signal);
    } catch (error) {
      this.leave();
      throw error;
    }
    return () => this.leave();
  }

  /** A server that asked us to wait is asked by nobody meanwhile. */
  holdFor(ms: number): void {
    this.notBeforeMs = Math.max(this.notBeforeMs, this.clock.now() + ms);
  }

  private waitMs(): number {
    return this.notBeforeMs - this.clock.now();
  }

  private async queue(signal: AbortSignal): Promise<void> {
    let admit = (): void => undefined;
    const turn = new Promise<void>((resolve) => this.waiting.push((admit = resolve)));
    try {
      await unlessAborted(turn, signal);
    } catch (error) {
      const at = this.waiting.indexOf(admit);
      // Admitted in the same moment: the place goes to the next one.
      if (at < 0) this.leave();
      else this.waiting.splice(at, 1);
      throw error;
    }
  }

  private leave(): void {
    const next = this.waiting.shift();
    if (next) next();
    else this.inside--;
  }
}
