// One task per key at a time, in call order: changes of one record inside a pod do not race each other,
// so that compare-and-set only has other pods to compete with.

export class KeyedQueue {
  readonly #tails = new Map<string, Promise<unknown>>();

  /** Runs `task` when the earlier ones of the same key are done, whether or not they failed. */
  async run<T>(key: string, task: () => Promise<T>): Promise<T> {
    const before = this.#tails.get(key) ?? Promise.resolve();
    const result = before.then(task, task);
    const tail = result.catch(() => undefined);
    this.#tails.set(key, tail);
    try {
      return await result;
    } finally {
      if (this.#tails.get(key) === tail) this.#tails.delete(key);
    }
  }

  /** Keys with tasks waiting or running. */
  get size(): number {
    return this.#tails.size;
  }
}
