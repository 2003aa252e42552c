// Port: time. Only for expiry, lingering and patience; order and loss detection never depend on it.

export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs `task` once after `delayMs`; the returned function cancels it. Never keeps the process alive. */
  schedule(delayMs: number, task: () => void): () => void;
  /** Runs `task` when the current turn of the event loop has handled its input (setImmediate). */
  defer(task: () => void): void;
}
