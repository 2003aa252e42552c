// The live end of one session: a ring that grows with the live copies, and is healed from the log where
// copies come inverted, are lost or were never sent.
import { VanaError } from '@vana/events';
import { Backoff } from './backoff.js';
import type { FeedContext } from './feed-ports.js';
import { eventItem, itemsFromLog, type FeedItem } from './feed-item.js';
import { join } from './join.js';
import type { LiveSubscription } from './ports/event-log.js';
import type { LogEntry } from './ports/log-entry.js';
import { Ring } from './ring.js';

export interface LiveEndListener {
  /** A ring is there, compared with the log's tail: after the start, a failure, or another epoch. */
  opened(ring: Ring): void;
  /** The ring has grown. */
  grew(item: FeedItem): void;
  /** It could not open, or something failed inside; it opens again by itself. */
  failed(error: VanaError, failuresBefore: number): void;
}

export class LiveEnd {
  readonly #backoff: Backoff;
  #ring: Ring | undefined;
  #subscription: LiveSubscription | undefined;
  /** Counts openings: an answer to an earlier one is ignored. */
  #generation = 0;
  /** Live entries that do not join yet, by sequence. */
  readonly #held = new Map<number, LogEntry>();
  #healing = false;
  /** Highest sequence that live copies and tails have told of. */
  #knownTail = 0;
  #tailCheck: (() => void) | undefined;

  constructor(
    private readonly context: FeedContext,
    private readonly listener: LiveEndListener,
  ) {
    this.#backoff = new Backoff(context.clock, context.limits.retryMs, context.limits.retryMaxMs);
  }

  /** `undefined` while it is opening. */
  get ring(): Ring | undefined {
    return this.#ring;
  }

  /** Opens, or opens anew. */
  open(): void {
    this.#leave();
    void this.#open(this.#generation);
  }

  close(): void {
    this.#leave();
    this.#backoff.cancel();
  }

  /** The log has stored this event; if its live copy does not come, it is fetched. */
  noticeTail(seq: number): void {
    this.#knownTail = Math.max(this.#knownTail, seq);
    if (!this.#ring || this.#ring.last >= seq) return;
    this.#tailCheck ??= this.context.clock.schedule(this.context.limits.tailRecheckMs, () => {
      this.#tailCheck = undefined;
      if (this.#ring && this.#ring.last < this.#knownTail) void this.#heal();
    });
  }

  #leave(): void {
    this.#generation++;
    this.#subscription?.close();
    this.#subscription = undefined;
    this.#tailCheck?.();
    this.#tailCheck = undefined;
    this.#ring = undefined;
    this.#held.clear();
    this.#knownTail = 0;
  }

  async #open(generation: number): Promise<void> {
    const { limits, log, session } = this.context;
    try {
      // Interest first, then the tail: what is stored in between is held and joined.
      const subscription = await log.subscribe(session, (entry) => this.#onLive(entry, generation));
      if (generation !== this.#generation) return subscription.close();
      this.#subscription = subscription;
      const tail = await log.lastSeq(session);
      if (generation !== this.#generation) return;
      this.#ring = new Ring(tail, limits.ringCapacity, limits.ringBytes);
      this.#backoff.reset();
      this.#absorbHeld();
      if (this.#held.size > 0) void this.#heal();
      this.#recheckTail(generation);
      this.listener.opened(this.#ring);
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
      // Only the log can say whether this is an inversion, a lost copy, a gap or a forgery. An inverted
      // copy's predecessor mostly comes in the same turn.
      this.#hold(entry);
      this.context.clock.defer(() => this.#held.size > 0 && void this.#heal());
    } catch (error) {
      this.#fail(error);
    }
  }

  #hold(entry: LogEntry): void {
    if (this.#held.size >= this.context.limits.heldLimit) {
      // The log is read up to the known tail anyway; the held copies only saved some of that reading.
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

  /** Brings the ring up to the log's tail. One at a time; a bus that does not answer is asked again later. */
  async #heal(): Promise<void> {
    if (this.#healing || !this.#ring) return;
    this.#healing = true;
    const generation = this.#generation;
    try {
      while (generation === this.#generation && !(await this.#healOnce(this.#ring, generation)));
      this.#backoff.reset();
    } catch (error) {
      if (generation !== this.#generation) return;
      if (error instanceof VanaError && error.code === 'bus_unavailable')
        this.#backoff.schedule(() => void this.#heal());
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
    if (reset) throw new VanaError('internal', { details: { problem: 'the feed has left its session' } });
    this.#absorbHeld();
    if (entries.length === 0) this.#forget(askedFor);
    return this.#held.size === 0 && this.#knownTail <= ring.last;
  }

  /** What was told of before the log was asked, and is not in it, does not exist: forged, or dropped again. */
  #forget(upTo: number): void {
    for (const seq of this.#held.keys()) {
      if (seq > upTo) continue;
      this.#held.delete(seq);
      this.context.observer.liveDropped(this.context.session, 'not_in_log');
    }
    if (this.#knownTail === upTo) this.#knownTail = this.#ring!.last;
  }

  #item(from: number, entry: LogEntry): FeedItem {
    const { encoder, log, observer, session } = this.context;
    const item = eventItem(from, entry, log.epoch, encoder);
    if (item.gap) observer.gap(session, item.gap);
    return item;
  }

  #push(item: FeedItem): void {
    this.#ring!.push(item);
    this.listener.grew(item);
  }

  #fail(error: unknown): void {
    const known = error instanceof VanaError ? error : new VanaError('internal', { cause: error });
    this.#leave();
    this.listener.failed(known, this.#backoff.failures);
    this.#backoff.schedule(() => this.open());
  }
}
