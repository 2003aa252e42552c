// Hot history of each session as one Redis stream, `vana:history:{<tenant>.<session>}:<epoch>`: the epoch, so
// that another life of the bus stream starts empty; the braces, so that a cluster keeps a session's keys together.
import { sessionKeyString, type SessionKey } from '@vana/events';
import type { EventHistory, LogEntry } from '@vana/stream-core';
import type { RedisLink } from './redis-link.js';
import { RedisScript } from './redis-script.js';
import { APPEND_SCRIPT, ENTRY_OVERHEAD_BYTES } from './scripts/append-script.js';
import { parseItem, scriptArguments, type StreamItem } from './stream-item.js';

export interface RedisHistoryLimits {
  /** Entries kept per session (`SSE_MAX_HISTORY_PER_SESSION`). Default 500. */
  readonly maxEntries: number;
  /** Encoded bytes kept per session; the newest entry stays even when it is larger. Default 2 MiB. */
  readonly maxBytes: number;
  /** A session's history is forgotten this long after the last append (`SSE_SESSION_TTL`). Default 30 minutes. */
  readonly sessionTtlMs: number;
}

const DEFAULT_LIMITS: RedisHistoryLimits = {
  maxEntries: 500,
  maxBytes: 2 * 1024 * 1024,
  sessionTtlMs: 30 * 60 * 1000,
};

const appendScript = new RedisScript(APPEND_SCRIPT);

export class RedisEventHistory implements EventHistory {
  readonly #link: RedisLink;
  readonly #limits: RedisHistoryLimits;
  #malformedEntries = 0;

  constructor(link: RedisLink, limits: Partial<RedisHistoryLimits> = {}) {
    this.#link = link;
    this.#limits = { ...DEFAULT_LIMITS, ...limits };
  }

  /** Items found in Redis that could not be used, since the start. */
  get malformedEntries(): number {
    return this.#malformedEntries;
  }

  async read(session: SessionKey, epoch: string, after: number, limit: number): Promise<LogEntry[]> {
    if (limit <= 0) return [];
    const key = historyKey(session, epoch);
    const items = await this.#link.run((redis) => redis.xrange(key, `(${after}-0`, '+', 'COUNT', limit));
    return this.#usable(session, items, (entry, previous) => entry.prev === previous.seq);
  }

  async readBackward(session: SessionKey, epoch: string, before: number, limit: number): Promise<LogEntry[]> {
    if (limit <= 0 || before <= 1) return [];
    const key = historyKey(session, epoch);
    const end = Number.isFinite(before) ? `(${before}-0` : '+';
    const items = await this.#link.run((redis) => redis.xrevrange(key, end, '-', 'COUNT', limit));
    return this.#usable(session, items, (entry, next) => entry.seq === next.prev).reverse();
  }

  async append(session: SessionKey, epoch: string, entries: readonly LogEntry[]): Promise<void> {
    if (entries.length === 0) return;
    const { maxEntries, maxBytes, sessionTtlMs } = this.#limits;
    const args = newest(entries.map(scriptArguments), maxEntries, maxBytes);
    const key = historyKey(session, epoch);
    await this.#link.run((redis) => appendScript.run(redis, key, [maxEntries, maxBytes, sessionTtlMs, ...args.flat()]));
  }

  async drop(session: SessionKey, epoch: string): Promise<void> {
    await this.#link.run((redis) => redis.del(historyKey(session, epoch)));
  }

  /** The entries up to the first item that is malformed or does not join the one before it. */
  #usable(session: SessionKey, items: StreamItem[], joins: (entry: LogEntry, last: LogEntry) => boolean): LogEntry[] {
    const entries: LogEntry[] = [];
    for (const item of items) {
      const entry = parseItem(session, item);
      const last = entries.at(-1);
      if (entry === undefined || (last !== undefined && !joins(entry, last))) {
        this.#malformedEntries++;
        break;
      }
      entries.push(entry);
    }
    return entries;
  }
}

function historyKey(session: SessionKey, epoch: string): string {
  return `vana:history:{${sessionKeyString(session)}}:${epoch}`;
}

/** What the script would trim anyway is not sent. */
function newest<T extends string[]>(entries: T[], maxEntries: number, maxBytes: number): T[] {
  let first = Math.max(0, entries.length - maxEntries);
  let bytes = 0;
  for (let i = entries.length - 1; i >= first; i--) {
    bytes += Buffer.byteLength(entries[i]!.at(-1)!) + ENTRY_OVERHEAD_BYTES;
    if (bytes > maxBytes && i < entries.length - 1) first = i + 1;
  }
  return entries.slice(first);
}
