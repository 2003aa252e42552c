// One session's feed in this process: the live end of its chain, healed from the log where copies are
// missing, and the readers that follow it.
import { VanaError, type CloseReason, type EndReason } from '@vana/events';
import { Backfill } from './backfill.js';
import { Backoff } from './backoff.js';
import type { FeedContext } from './feed-ports.js';
import { eventItem, itemsFromLog, type FeedItem, type ItemRun } from './feed-item.js';
import { FeedReader, type ReaderHost } from './feed-reader.js';
import { HistoryWriter } from './history-writer.js';
import { join } from './join.js';
import type { LiveSubscription } from './ports/event-log.js';
import type { LogEntry } from './ports/log-entry.js';
import { firstStep, type ReaderStep } from './reader-step.js';
import type { AttachRequest, ReaderSink } from './reader.js';
import { ReplayStartFinder, type ReplayStart } from './replay-start.js';
import { Ring } from './ring.js';

export class SessionFeed implements ReaderHost {
  readonly #readers = new Set<FeedReader>();
  readonly #writer: HistoryWriter;
  readonly #backfill: Backfill;
  readonly #backoff: Backoff;
  #ring: Ring | undefined;
  #subscription: LiveSubscription | undefined;
  /** Counts openings: an answer to an earlier one is ignored. */
  #generation = 0;
  #opened = Promise.withResolvers<Ring>();
  /** Live entries that do not join yet, by sequence. */
  readonly #held = new Map<number, LogEntry>();
  #healing = false;
  /** Highest sequence that the tails have told of. */
  #knownTail = 0;
  #tailCheck: (() => void) | undefined;
  #dirty = false;
  #flushing = false;
  /** The last ring step made for each set of channels: readers at the same place share it. */
  readonly #steps = new Map<string, { ring: Ring; at: number; last: number; step: ReaderStep }>();
  #deliveries = 0;
  #deliveredBytes = 0;
  #idleSinceMs: number;

  constructor(readonly context: FeedContext) {
    this.#writer = new HistoryWriter(context);
    this.#backfill = new Backfill(context, this.#writer);
    this.#backoff = new Backoff(context.clock, context.limits.retryMs, context.limits.retryMaxMs);
    this.#idleSinceMs = context.clock.now();
    this.#ignoreUnopened();
    context.observer.feedOpened(context.session);
    void this.#open();
  }

  get ring(): Ring | undefined {
    return this.#ring;
  }

  get readers(): ReadonlySet<FeedReader> {
    return this.#readers;
  }

  /** Without a reader since this time; `undefined` while there are any. */
  get idleSinceMs(): number | undefined {
    return this.#readers.size === 0 ? this.#idleSinceMs : undefined;
  }

  attach(request: AttachRequest, sink: ReaderSink): FeedReader {
    const reader = new FeedReader(this, request, sink);
    this.#readers.add(reader);
    reader.start();
    return reader;
  }

  /** The log has stored an event of this session; if its live copy does not come, it is fetched. */
  noticeTail(seq: number): void {
    this.#knownTail = Math.max(this.#knownTail, seq);
    if (!this.#ring || this.#ring.last >= seq) return;
    this.#tailCheck ??= this.context.clock.schedule(this.context.limits.tailRecheckMs, () => {
      this.#tailCheck = undefined;
      if (this.#ring && this.#ring.last < this.#knownTail) void this.#heal();
    });
  }

  /** Starts anew: the epoch has changed, or something failed that must not reach other feeds. */
  rebuild(error?: unknown): void {
    if (error !== undefined) this.#reportFailure(error);
    this.#steps.clear();
    void this.#open();
  }

  end(reason: EndReason): void {
    for (const reader of [...this.#readers]) reader.end(reason);
  }

  close(reason: CloseReason = 'shutting_down'): void {
    for (const reader of [...this.#readers]) reader.closeWith(reason);
    this.#generation++;
    this.#writer.flush();
    this.#subscription?.close();
    this.#tailCheck?.();
    this.#backoff.cancel();
    this.#ring = undefined;
    this.#held.clear();
    this.#opened.reject(new VanaError('shutting_down'));
    this.context.observer.feedClosed(this.context.session);
  }

  // What readers ask for

  async findStart(request: Pick<AttachRequest, 'position' | 'replay'>): Promise<ReplayStart> {
    const ring = await this.#opened.promise;
    const start = await new ReplayStartFinder(this.context, this.#writer, ring).find(request);
    if (ring !== this.#ring) throw new VanaError('bus_unavailable', { details: { problem: 'rebuilt meanwhile' } });
    this.noticeTail(start.from);
    return start;
  }

  ringStep(position: number, { channels }: AttachRequest): ReaderStep | undefined {
    const ring = this.#ring!;
    const key = [...channels].join();
    const known = this.#steps.get(key);
    if (known?.ring === ring && known.at === position && known.last === ring.last) return known.step;
    const { batchBytes, pageSize } = this.context.limits;
    const items = ring.after(position, pageSize, batchBytes);
    if (items.length === 0) return undefined;
    const step = firstStep(items, channels, batchBytes);
    this.#steps.set(key, { ring, at: position, last: ring.last, step });
    return step;
  }

  page(position: number): Promise<ItemRun> {
    return this.#backfill.page(position);
  }

  countDelivery(events: number, bytes: number): void {
    if (!this.#flushing) return this.context.observer.delivered(this.context.session, events, bytes);
    this.#deliveries += events;
    this.#deliveredBytes += bytes;
  }

  retry(task: () => void): void {
    const { retryMaxMs, retryMs } = this.context.limits;
    this.context.clock.schedule(Math.min(retryMaxMs, retryMs * 10), task);
  }

  readerLeft(reader: FeedReader, reason: CloseReason | 'ended' | 'left'): void {
    if (!this.#readers.delete(reader)) return;
    this.#idleSinceMs = this.context.clock.now();
    this.context.observer.readerDetached(this.context.session, reason);
  }

  // The live end

  async #open(): Promise<void> {
    const generation = ++this.#generation;
    const { limits, log, session } = this.context;
    if (this.#ring) {
      this.#opened = Promise.withResolvers();
      this.#ignoreUnopened();
    }
    this.#ring = undefined;
    this.#held.clear();
    this.#knownTail = 0;
    this.#subscription?.close();
    try {
      const subscription = await log.subscribe(session, (entry) => this.#onLive(entry, generation));
      if (generation !== this.#generation) return subscription.close();
      this.#subscription = subscription;
      const tail = await log.lastSeq(session);
      if (generation !== this.#generation) return;
      this.#ring = new Ring(tail, limits.ringCapacity, limits.ringBytes);
      this.#backoff.reset();
      this.#opened.resolve(this.#ring);
      this.#absorbHeld();
      if (this.#held.size > 0) void this.#heal();
      this.#recheckTail(generation);
      this.#welcomeReaders(this.#ring);
    } catch (error) {
      if (generation === this.#generation) this.#fail(error);
    }
  }

  /** An event stored while the interest spread may have had no live copy, and no tail yet. */
  #recheckTail(generation: number): void {
    const { clock, limits, log, session } = this.context;
    clock.schedule(limits.tailRecheckMs, () => {
      if (generation !== this.#generation) return;
      log.lastSeq(session).then(
        (seq) => generation === this.#generation && this.#ring!.last < seq && void this.#heal(),
        () => generation === this.#generation && this.#recheckTail(generation),
      );
    });
  }

  /** After a rebuild: readers go on where they are, unless their position is of another life of the log. */
  #welcomeReaders(ring: Ring): void {
    const { epoch } = this.context.log;
    for (const reader of this.#readers) {
      if (reader.at > ring.last || !reader.position.startsWith(`${epoch}-`)) reader.restart();
      else reader.pump();
    }
  }

  #onLive(entry: LogEntry, generation: number): void {
    if (generation !== this.#generation) return;
    try {
      if (!this.#ring) return this.#hold(entry);
      const verdict = join(entry, this.#ring.last);
      if (verdict === 'drop') return this.context.observer.liveDropped(this.context.session, 'duplicate');
      if (verdict === 'emit') {
        this.#push(this.#item(this.#ring.last, entry));
        if (this.#held.size > 0) this.#absorbHeld();
        return;
      }
      // Only the log can say whether this is an inversion, a lost copy, a gap or a forgery.
      // An inverted copy's predecessor mostly comes in the same turn.
      this.#hold(entry);
      this.context.clock.defer(() => this.#held.size > 0 && void this.#heal());
    } catch (error) {
      this.#fail(error);
    }
  }

  #hold(entry: LogEntry): void {
    if (this.#held.size >= this.context.limits.heldLimit) {
      this.#held.clear();
      this.context.observer.liveDropped(this.context.session, 'overflow');
    }
    this.#held.set(entry.seq, entry);
    this.#knownTail = Math.max(this.#knownTail, entry.seq);
  }

  #absorbHeld(): void {
    const ring = this.#ring!;
    for (const entry of [...this.#held.values()].sort((a, b) => a.seq - b.seq)) {
      const verdict = join(entry, ring.last);
      if (verdict === 'emit') this.#push(this.#item(ring.last, entry));
      else if (verdict !== 'drop') return;
      this.#held.delete(entry.seq);
    }
  }

  /** Brings the ring up to the log's tail. One at a time; a failure is repeated later. */
  async #heal(): Promise<void> {
    if (this.#healing || !this.#ring) return;
    this.#healing = true;
    const generation = this.#generation;
    try {
      while (generation === this.#generation && !(await this.#healOnce(this.#ring, generation)));
      this.#backoff.reset();
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error instanceof VanaError && error.retryable) this.#backoff.schedule(() => void this.#heal());
      else this.#fail(error);
    } finally {
      this.#healing = false;
    }
  }

  /** @returns whether the ring has reached everything that is known to exist */
  async #healOnce(ring: Ring, generation: number): Promise<boolean> {
    const { limits, log, observer, session } = this.context;
    const askedFor = this.#knownTail;
    const entries = await log.read(session, ring.last, limits.pageSize);
    if (generation !== this.#generation) return true;
    const { items, reset } = itemsFromLog(ring.last, entries, (from, entry) => this.#item(from, entry));
    for (const item of items) {
      if (item.gap === 'retention') observer.gap(session, item.gap);
      this.#push(item);
    }
    if (items.length > 0) observer.healed(session, 'log', items.length);
    if (reset) {
      this.rebuild(new VanaError('internal', { details: { problem: 'the feed left its session' } }));
      return true;
    }
    this.#absorbHeld();
    if (entries.length > 0) return this.#held.size === 0 && this.#knownTail <= ring.last;
    // What the tails or a live copy told of before the question does not exist: forged, or dropped again.
    for (const seq of this.#held.keys()) {
      if (seq > askedFor) continue;
      this.#held.delete(seq);
      observer.liveDropped(session, 'not_in_log');
    }
    if (this.#knownTail === askedFor) this.#knownTail = ring.last;
    return this.#held.size === 0 && this.#knownTail <= ring.last;
  }

  #item(from: number, entry: LogEntry): FeedItem {
    const { encoder, log, observer, session } = this.context;
    const item = eventItem(from, entry, log.epoch, encoder);
    if (item.gap) observer.gap(session, item.gap);
    return item;
  }

  #push(item: FeedItem): void {
    this.#ring!.push(item);
    if (item.entry) this.#writer.add(item.entry);
    this.#wake();
  }

  /** All events of one turn of the event loop go to each reader together. */
  #wake(): void {
    if (this.#dirty) return;
    this.#dirty = true;
    this.context.clock.defer(() => this.#flush());
  }

  #flush(): void {
    this.#dirty = false;
    this.#flushing = true;
    for (const reader of this.#readers) reader.pump();
    this.#flushing = false;
    if (this.#deliveries === 0) return;
    this.context.observer.delivered(this.context.session, this.#deliveries, this.#deliveredBytes);
    this.#deliveries = 0;
    this.#deliveredBytes = 0;
  }

  #fail(error: unknown): void {
    this.#reportFailure(error);
    this.#generation++;
    this.#subscription?.close();
    if (this.#ring) {
      this.#opened = Promise.withResolvers();
      this.#ignoreUnopened();
    }
    this.#ring = undefined;
    this.#backoff.schedule(() => void this.#open());
  }

  #reportFailure(error: unknown): void {
    const known = error instanceof VanaError ? error : new VanaError('internal', { cause: error });
    this.context.observer.feedFailed(this.context.session, known.category, error);
    if (this.#backoff.failures === 0) for (const reader of [...this.#readers]) reader.sendError(known);
  }

  /** Nobody may be waiting when a feed is closed before it has opened. */
  #ignoreUnopened(): void {
    this.#opened.promise.catch(() => undefined);
  }
}
