// A clock that moves only when the test says so. Timers run in the order of their due times.
import type { Clock } from '@vana/stream-core';

interface Timer {
  readonly dueMs: number;
  readonly task: () => void;
}

export class FakeClock implements Clock {
  #nowMs: number;
  readonly #timers = new Set<Timer>();
  #deferred: (() => void)[] = [];

  constructor(startMs = Date.UTC(2030, 0, 1)) {
    this.#nowMs = startMs;
  }

  now(): number {
    return this.#nowMs;
  }

  schedule(delayMs: number, task: () => void): () => void {
    const timer = { dueMs: this.#nowMs + Math.max(0, delayMs), task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  defer(task: () => void): void {
    this.#deferred.push(task);
  }

  /** Timers that are set and not yet due. */
  get scheduled(): number {
    return this.#timers.size;
  }

  /** Runs what was deferred up to now, synchronously; what these tasks defer waits for the next call. */
  runDeferred(): number {
    const tasks = this.#deferred;
    this.#deferred = [];
    for (const task of tasks) task();
    return tasks.length;
  }

  /** Runs deferred tasks and lets promises settle until nothing is deferred any more. */
  async flush(): Promise<void> {
    do {
      this.runDeferred();
      // A real turn of the event loop: drains every promise chain and the adapters' own setImmediate.
      await new Promise<void>((resolve) => setImmediate(resolve));
    } while (this.#deferred.length > 0);
  }

  /** Moves the time by `ms`, running due timers one by one, each followed by a `flush`. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    await this.flush();
    for (let timer = this.#nextDue(endMs); timer; timer = this.#nextDue(endMs)) {
      this.#timers.delete(timer);
      this.#nowMs = Math.max(this.#nowMs, timer.dueMs);
      timer.task();
      await this.flush();
    }
    this.#nowMs = endMs;
  }

  #nextDue(endMs: number): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (timer.dueMs <= endMs && (!next || timer.dueMs < next.dueMs)) next = timer;
    }
    return next;
  }
}
