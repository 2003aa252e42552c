// One session's feed in this process: its live end, and the readers that follow it.
import { VanaError, type CloseReason, type EndReason } from '@vana/events';
import { Backfill } from './backfill.js';
import { stateCoalescer } from './coalesce-states.js';
import type { FeedContext } from './feed-ports.js';
import type { FeedLimits } from './limits.js';
import type { FeedItem, ItemRun } from './feed-item.js';
import { FeedReader, type ReaderHost, type Shaping } from './feed-reader.js';
import { HistoryWriter } from './history-writer.js';
import { chunkMerger } from './merge-chunks.js';
import { LiveEnd, type LiveEndListener } from './live-end.js';
import { firstStep, type ReaderStep, type StepShape } from './reader-step.js';
import type { AttachRequest, ReaderSink } from './reader.js';
import { ReplayStartFinder, type ReplayStart } from './replay-start.js';
import type { Ring } from './ring.js';

export class SessionFeed implements ReaderHost, LiveEndListener {
  readonly #readers = new Set<FeedReader>();
  readonly #live: LiveEnd;
  readonly #writer: HistoryWriter;
  readonly #backfill: Backfill;
  #opened = newPromise();
  #isOpen = false;
  #closed = false;
  #woken = false;
  #flushing = false;
  #deliveries = 0;
  #deliveredBytes = 0;
  /** The last ring step made for each set of channels: readers at the same place share it. */
  readonly #steps = new Map<string, { ring: Ring; at: number; last: number; step: ReaderStep }>();
  /** Look-ups under way, by what was asked. */
  readonly #starts = new Map<string, Promise<ReplayStart>>();
  #idleSinceMs: number;

  constructor(readonly context: FeedContext) {
    this.#live = new LiveEnd(context, this);
    this.#writer = new HistoryWriter(context);
    this.#backfill = new Backfill(context, this.#writer);
    this.#idleSinceMs = context.clock.now();
    context.observer.feedOpened(context.session);
    this.#live.open();
  }

  get ring(): Ring | undefined {
    return this.#live.ring;
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

  noticeTail(seq: number): void {
    this.#live.noticeTail(seq);
  }

  /** Starts the live end anew; readers stay and go on from their positions. */
  rebuild(): void {
    this.#forgetRing();
    this.#live.open();
  }

  end(reason: EndReason): void {
    for (const reader of [...this.#readers]) reader.end(reason);
  }

  /** Resolves when history has been written, or could not be. */
  async close(reason: CloseReason = 'shutting_down'): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    for (const reader of [...this.#readers]) reader.closeWith(reason);
    this.#live.close();
    this.#opened.reject(new VanaError('shutting_down'));
    this.context.observer.feedClosed(this.context.session);
    await this.#writer.flush();
  }

  // What the live end tells

  opened(ring: Ring): void {
    this.#isOpen = true;
    this.#opened.resolve(ring);
    const { epoch } = this.context.log;
    for (const reader of this.#readers) {
      // Readers that were there before: their position may be of another life of the log.
      if (reader.at > ring.last || !reader.position.startsWith(`${epoch}-`)) reader.restart();
      else reader.pump();
    }
  }

  grew({ entry }: FeedItem): void {
    if (entry) this.#writer.add(entry);
    if (this.#woken) return;
    // All events of one turn of the event loop go to each reader together.
    this.#woken = true;
    this.context.clock.defer(() => this.#flush());
  }

  failed(error: VanaError, failuresBefore: number): void {
    this.#forgetRing();
    this.context.observer.feedFailed(this.context.session, error.category, error.cause ?? error);
    // Once per streak: a bus that stays away must not fill the stream with complaints.
    if (failuresBefore === 0) for (const reader of [...this.#readers]) reader.sendError(error);
  }

  // What readers ask for

  /** Readers that come together with the same request share the answer: a herd costs one look. */
  findStart(request: Pick<AttachRequest, 'position' | 'replay'>): Promise<ReplayStart> {
    const key = JSON.stringify([request.replay, request.position]);
    const shared = this.#starts.get(key);
    if (shared) return shared;
    const start = this.#findStart(request).finally(() => {
      if (this.#starts.get(key) === start) this.#starts.delete(key);
    });
    this.#starts.set(key, start);
    return start;
  }

  async #findStart(request: Pick<AttachRequest, 'position' | 'replay'>): Promise<ReplayStart> {
    const ring = await this.#opened.promise;
    const start = await new ReplayStartFinder(this.context, this.#writer, ring).find(request);
    if (ring !== this.ring) throw new VanaError('bus_unavailable', { details: { problem: 'rebuilt meanwhile' } });
    this.noticeTail(start.from);
    return start;
  }

  ringStep(position: number, { channels }: AttachRequest, shaping: Shaping | undefined): ReaderStep | undefined {
    const ring = this.ring!;
    const key = `${[...channels].join()} ${shaping ?? ''}`;
    const known = this.#steps.get(key);
    if (known?.ring === ring && known.at === position && known.last === ring.last) return known.step;
    const { items: maxItems, bytes } = stepLimits(this.context.limits, shaping);
    const items = ring.after(position, maxItems, bytes);
    if (items.length === 0) return undefined;
    const step = firstStep(items, channels, bytes, this.shape(shaping));
    this.#steps.set(key, { ring, at: position, last: ring.last, step });
    return step;
  }

  shape(shaping: Shaping | undefined): StepShape | undefined {
    const { encoder, log } = this.context;
    if (shaping === 'merge') return chunkMerger(log.epoch, encoder);
    return shaping === 'coalesce' ? stateCoalescer(log.epoch, encoder) : undefined;
  }

  page(position: number, shaping: Shaping | undefined): Promise<ItemRun> {
    const { limits } = this.context;
    const { items, bytes } = stepLimits(limits, shaping);
    return this.#backfill.page(position, items, shaping ? bytes : limits.keptPageBytes);
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

  #flush(): void {
    this.#woken = false;
    this.#flushing = true;
    for (const reader of this.#readers) reader.pump();
    this.#flushing = false;
    if (this.#deliveries === 0) return;
    this.context.observer.delivered(this.context.session, this.#deliveries, this.#deliveredBytes);
    this.#deliveries = 0;
    this.#deliveredBytes = 0;
  }

  /** Readers that come now wait for the next ring. */
  #forgetRing(): void {
    this.#steps.clear();
    if (this.#isOpen) this.#starts.clear();
    if (this.#isOpen) this.#opened = newPromise();
    this.#isOpen = false;
  }
}

/** Shaping pays over long stretches; plain steps stay small, so that a socket is not flooded. */
function stepLimits(limits: FeedLimits, shaping: Shaping | undefined): { items: number; bytes: number } {
  if (shaping) return { items: limits.shapedItems, bytes: limits.shapedBytes };
  return { items: limits.pageSize, bytes: limits.batchBytes };
}

function newPromise(): PromiseWithResolvers<Ring> {
  const opened = Promise.withResolvers<Ring>();
  // Nobody may be waiting when a feed is closed before it has opened.
  opened.promise.catch(() => undefined);
  return opened;
}
