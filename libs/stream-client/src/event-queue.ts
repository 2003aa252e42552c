// Events for an async iterator: kept until they are taken, in order; a slow taker slows the stream down.

/** Events waiting; past it the transport stops reading, and the server keeps a cursor instead of our memory. */
const HIGH_WATER = 1_000;

export class EventQueue<T> implements AsyncIterableIterator<T> {
  #events: T[] = [];
  #waiting: ((result: IteratorResult<T>) => void)[] = [];
  #over = false;
  #drained: (() => void) | undefined;

  constructor(private readonly onReturn: () => void) {}

  push(event: T): void {
    const taker = this.#waiting.shift();
    if (taker) taker({ done: false, value: event });
    else if (!this.#over) this.#events.push(event);
  }

  end(): void {
    this.#over = true;
    this.#drained?.();
    for (const taker of this.#waiting.splice(0)) taker({ done: true, value: undefined });
  }

  /** Resolves when the taker has caught up; `undefined` when it has. */
  ready(): Promise<void> | undefined {
    if (this.#over || this.#events.length < HIGH_WATER) return undefined;
    return new Promise((resolve) => (this.#drained = resolve));
  }

  next(): Promise<IteratorResult<T>> {
    if (this.#events.length > 0) {
      if (this.#events.length === HIGH_WATER / 2) this.#drained?.();
      return Promise.resolve({ done: false, value: this.#events.shift()! });
    }
    if (this.#over) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Leaving a `for await` loop closes the stream. */
  return(): Promise<IteratorResult<T>> {
    this.onReturn();
    this.end();
    this.#events = [];
    return Promise.resolve({ done: true, value: undefined });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}
