// Tells listeners of changed records; one that throws costs neither the change nor the others.

export class ChangeListeners<Changed> {
  readonly #listeners = new Set<{ readonly tell: (record: Changed) => void }>();
  readonly #onListenerError: (error: unknown) => void;

  constructor(onListenerError: (error: unknown) => void = () => undefined) {
    this.#onListenerError = onListenerError;
  }

  /** @returns the stop function; nothing is told after it was called */
  add(listener: (record: Changed) => void): () => void {
    const registered = { tell: listener };
    this.#listeners.add(registered);
    return () => void this.#listeners.delete(registered);
  }

  /** After the caller's own step, as with a store on the network: a listener may call the store again. */
  tell(record: Changed): void {
    queueMicrotask(() => {
      for (const listener of this.#listeners) {
        try {
          listener.tell(record);
        } catch (error) {
          this.#onListenerError(error);
        }
      }
    });
  }
}
