// Pages of a session's past for readers that the ring does not cover: history first, the log where
// history lacks them, is slow or is down. Readers at the same position share one read.
import type { FeedContext } from './feed-ports.js';
import { chainedPrefix, eventItem, itemsFromLog, type FeedItem, type ItemRun } from './feed-item.js';
import type { HistoryWriter } from './history-writer.js';
import { patientHistory } from './patient-history.js';
import type { LogEntry } from './ports/log-entry.js';

export class Backfill {
  readonly #underWay = new Map<string, Promise<ItemRun>>();
  /** Mean of the frames of the page read last. */
  #frameBytes = 0;

  constructor(
    private readonly context: FeedContext,
    private readonly writer: HistoryWriter,
  ) {}

  /**
   * The steps after `position`, at most `most`; none when the log holds nothing later. Large events make short pages:
   * what a reader cannot take now and may not keep would have to be read again.
   * @param maxBytes of frames, about
   * @throws VanaError bus_unavailable
   */
  page(position: number, most: number, maxBytes: number): Promise<ItemRun> {
    const limit = Math.min(most, Math.max(1, Math.floor(maxBytes / Math.max(1, this.#frameBytes))));
    const key = `${position} ${limit}`;
    const shared = this.#underWay.get(key);
    if (shared) return shared;
    const page = this.#read(position, limit)
      .then((run) => this.#measured(run))
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, page);
    return page;
  }

  #measured(run: ItemRun): ItemRun {
    const frames = run.items.flatMap(({ frame }) => frame ?? []);
    if (frames.length > 0) this.#frameBytes = frames.reduce((sum, { length }) => sum + length, 0) / frames.length;
    return run;
  }

  async #read(position: number, limit: number): Promise<ItemRun> {
    const { history, log, observer, session } = this.context;
    const toItem = (from: number, entry: LogEntry): FeedItem => this.#item(from, entry);
    const cached = await patientHistory(this.context, () => history.read(session, log.epoch, position, limit));
    const chained = chainedPrefix(position, cached);
    if (chained.length > 0) {
      observer.healed(session, 'history', chained.length);
      return itemsFromLog(position, chained, toItem);
    }
    const entries = await log.read(session, position, limit);
    if (entries.length > 0) observer.healed(session, 'log', entries.length);
    this.writer.writeBack(entries);
    return itemsFromLog(position, entries, toItem);
  }

  /** An event whose own time to live has run out is passed over in replay. */
  #item(from: number, entry: LogEntry): FeedItem {
    const { clock, encoder, log, observer, session } = this.context;
    const { ttl } = entry.event;
    if (ttl !== undefined && entry.storedAtMs + ttl * 1_000 < clock.now()) return { from, to: entry.seq };
    const item = eventItem(from, entry, log.epoch, encoder);
    if (item.gap) observer.gap(session, item.gap);
    return item;
  }
}
