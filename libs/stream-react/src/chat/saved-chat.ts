// Where a chat is kept between visits. Written at most once a second, and when the page is left: a state and
// its position go together, so that the next visit resumes exactly there.
import type { PersistStorage, StorageValue } from 'zustand/middleware';

/** `localStorage`, `sessionStorage`, or anything like them. */
export type KeyValueStore = Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>;

const EVERY_MS = 1_000;

export interface SavedChat<S> extends PersistStorage<S> {
  /** Writes what is waiting. */
  save(): void;
}

export function savedChat<S>(store: KeyValueStore): SavedChat<S> {
  let waiting: { readonly name: string; readonly value: StorageValue<S> } | undefined;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const save = (): void => {
    clearTimeout(timer);
    timer = undefined;
    if (!waiting) return;
    const { name, value } = waiting;
    waiting = undefined;
    try {
      store.setItem(name, JSON.stringify(value));
    } catch {
      // Full, or not allowed: the next visit replays from the server.
      store.removeItem(name);
    }
  };
  return {
    getItem: (name) => {
      try {
        const text = store.getItem(name);
        return text === null ? null : (JSON.parse(text) as StorageValue<S>);
      } catch {
        return null;
      }
    },
    setItem: (name, value) => {
      waiting = { name, value };
      timer ??= setTimeout(save, EVERY_MS);
    },
    removeItem: (name) => {
      waiting = undefined;
      store.removeItem(name);
    },
    save,
  };
}
