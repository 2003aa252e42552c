// Hot history of the embedded set-up: the bounds of the Redis one (entries, bytes, age) inside the process.
import { sessionKeyString, type SessionKey } from '@vana/events';
import type { Clock, EventHistory, LogEntry } from '@vana/stream-core';

export interface InMemoryHistoryLimits {
  /** Entries kept per session. Default 500. */
  readonly maxEntries: number;
  /** Encoded bytes kept per session; the newest entry stays even when it is larger. Default 2 MiB. */
  readonly maxBytes: number;
  /** Encoded bytes kept of all sessions; beyond it the session written longest ago goes first. Default 64 MiB. */
  readonly maxTotalBytes: number;
  /** Entries stored longer ago than this are forgotten, milliseconds. Default 30 minutes. */
  readonly entryTtlMs: number;
}

const DEFAULT_LIMITS: InMemoryHistoryLimits = {
  maxEntries: 500,
  maxBytes: 2 * 1024 * 1024,
  maxTotalBytes: 64 * 1024 * 1024,
  entryTtlMs: 30 * 60 * 1000,
};

interface SizedEntry {
  readonly entry: LogEntry;
  readonly bytes: number;
}

interface History {
  entries: SizedEntry[];
  bytes: number;
}

export class InMemoryEventHistory implements EventHistory {
  readonly #clock: Pick<Clock, 'now'>;
  readonly #limits: InMemoryHistoryLimits;
  /** In order of the last write, so that the front is what may go first. */
  readonly #histories = new Map<string, History>();
  #totalBytes = 0;

  constructor(clock: Pick<Clock, 'now'>, limits: Partial<InMemoryHistoryLimits> = {}) {
    this.#clock = clock;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  async read(session: SessionKey, epoch: string, after: number, limit: number): Promise<LogEntry[]> {
    const entries = this.#unexpired(historyKey(session, epoch));
    return entries.filter((entry) => entry.seq > after).slice(0, Math.max(0, limit));
  }

  async readBackward(session: SessionKey, epoch: string, before: number, limit: number): Promise<LogEntry[]> {
    if (limit <= 0) return [];
    const entries = this.#unexpired(historyKey(session, epoch));
    return entries.filter((entry) => entry.seq < before).slice(-limit);
  }

  async append(session: SessionKey, epoch: string, entries: readonly LogEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const key = historyKey(session, epoch);
    const history = this.#histories.get(key) ?? { entries: [], bytes: 0 };
    for (const entry of entries) {
      const tail = history.entries.at(-1)?.entry.seq;
      if (tail !== undefined && entry.seq <= tail) continue;
      if (tail !== undefined && entry.prev !== tail) this.#trim(history, history.entries.length);
      const bytes = Buffer.byteLength(JSON.stringify(entry.event));
      history.entries.push({ entry, bytes });
      history.bytes += bytes;
      this.#totalBytes += bytes;
    }
    this.#histories.delete(key);
    this.#histories.set(key, history);
    this.#trim(history, this.#excess(history));
    this.#expire(key, history);
    this.#evict();
  }

  async drop(session: SessionKey, epoch: string): Promise<void> {
    this.#forget(historyKey(session, epoch));
  }

  /** What is held of all sessions. */
  stats(): { sessions: number; bytes: number } {
    return { sessions: this.#histories.size, bytes: this.#totalBytes };
  }

  #unexpired(key: string): LogEntry[] {
    const history = this.#histories.get(key);
    if (!history) return [];
    this.#expire(key, history);
    return history.entries.map(({ entry }) => entry);
  }

  /** How many entries must go from the front for the session's own bounds. */
  #excess(history: History): number {
    let count = Math.max(0, history.entries.length - this.#limits.maxEntries);
    let bytes = history.bytes;
    for (let i = 0; i < count; i++) bytes -= history.entries[i]!.bytes;
    while (bytes > this.#limits.maxBytes && count < history.entries.length - 1)
      bytes -= history.entries[count++]!.bytes;
    return count;
  }

  #expire(key: string, history: History): void {
    const oldest = this.#clock.now() - this.#limits.entryTtlMs;
    const firstKept = history.entries.findIndex(({ entry }) => entry.storedAtMs > oldest);
    if (firstKept === -1) this.#forget(key);
    else this.#trim(history, firstKept);
  }

  /** No timer: each write drops the sessions at the front that have expired, and those over the total. */
  #evict(): void {
    for (const [key, history] of this.#histories) {
      this.#expire(key, history);
      if (this.#histories.has(key) && this.#totalBytes <= this.#limits.maxTotalBytes) return;
      this.#forget(key);
    }
  }

  #trim(history: History, count: number): void {
    for (const { bytes } of history.entries.splice(0, count)) {
      history.bytes -= bytes;
      this.#totalBytes -= bytes;
    }
  }

  #forget(key: string): void {
    const history = this.#histories.get(key);
    if (!history) return;
    this.#trim(history, history.entries.length);
    this.#histories.delete(key);
  }
}

function historyKey(session: SessionKey, epoch: string): string {
  return `${sessionKeyString(session)}:${epoch}`;
}
