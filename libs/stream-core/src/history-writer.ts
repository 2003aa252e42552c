// The feed's way into history: events linger up to a second and go out in one append, so that history
// costs a write per session and second, not one per event.
import type { FeedContext } from './feed-ports.js';
import type { LogEntry } from './ports/log-entry.js';

export class HistoryWriter {
  #pending: LogEntry[] = [];
  #cancelLinger: (() => void) | undefined;
  #writing: Promise<void> = Promise.resolve();

  constructor(private readonly context: FeedContext) {}

  add(entry: LogEntry): void {
    this.#pending.push(entry);
    const { clock, limits } = this.context;
    if (this.#pending.length >= limits.historyLimit) void this.flush();
    else this.#cancelLinger ??= clock.schedule(limits.lingerMs, () => void this.flush());
  }

  /** Writes what waits; appends of one feed never overtake each other. Resolves when all are done or have failed. */
  flush(): Promise<void> {
    this.#cancelLinger?.();
    this.#cancelLinger = undefined;
    const entries = this.#pending;
    this.#pending = [];
    if (entries.length > 0) this.#write(entries);
    return this.#writing;
  }

  /** Older entries that had to be read from the log, so that the next reader finds them. */
  writeBack(entries: readonly LogEntry[]): void {
    if (entries.length > 0) this.#write(entries);
  }

  #write(entries: readonly LogEntry[]): void {
    const { history, log, observer, session } = this.context;
    const { epoch } = log;
    // A failed append is not repeated: history is a cache, and the next append starts it anew.
    this.#writing = this.#writing
      .then(() => history.append(session, epoch, entries))
      .catch((error: unknown) => observer.historyFailed(session, 'append', error));
  }
}
