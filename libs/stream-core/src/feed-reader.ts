// One reader: a cursor into its session's feed, and a sink. It moves when the feed has news or the sink
// has drained; what the ring no longer holds it reads page by page.
import {
  CLOSE_REASONS,
  type VanaError,
  formatPosition,
  parsePosition,
  type CloseReason,
  type ControlBlock,
  type EndReason,
} from '@vana/events';
import type { FeedContext } from './feed-ports.js';
import type { FeedItem, ItemRun } from './feed-item.js';
import { firstStep, type ReaderStep, type StepShape } from './reader-step.js';
import type { AttachRequest, Reader, ReaderSink } from './reader.js';
import type { ReplayStart } from './replay-start.js';
import type { Ring } from './ring.js';

/** `merge`: chunks while replaying. `coalesce`: full-state kinds while lagging. */
export type Shaping = 'merge' | 'coalesce';

/** What a reader needs of its feed. */
export interface ReaderHost {
  readonly context: FeedContext;
  /** `undefined` while the feed is opening. */
  readonly ring: Ring | undefined;
  findStart(request: Pick<AttachRequest, 'position' | 'replay'>): Promise<ReplayStart>;
  /** The next step inside the ring; `undefined` at its end. */
  ringStep(position: number, request: AttachRequest, shaping: Shaping | undefined): ReaderStep | undefined;
  page(position: number, shaping: Shaping | undefined): Promise<ItemRun>;
  shape(shaping: Shaping | undefined): StepShape | undefined;
  countDelivery(events: number, bytes: number): void;
  retry(task: () => void): void;
  readerLeft(reader: FeedReader, reason: CloseReason | 'ended' | 'left'): void;
}

export class FeedReader implements Reader {
  #epoch: string;
  #at = 0;
  #phase: 'starting' | 'replaying' | 'live' | 'finished' = 'starting';
  #full = false;
  /** A page is being read. */
  #refilling = false;
  /** The rest of a page that the sink could not take. */
  #page: readonly FeedItem[] = [];
  /** Adaptive delivery was asked for, and the reader lags. */
  #lagging = false;

  constructor(
    private readonly host: ReaderHost,
    private readonly request: AttachRequest,
    private readonly sink: ReaderSink,
  ) {
    // Until the verdict the client is where it says it is.
    const given = parsePosition(request.position ?? '');
    this.#epoch = given?.epoch ?? host.context.log.epoch;
    this.#at = given?.seq ?? 0;
  }

  get position(): string {
    return formatPosition(this.#epoch, this.#at);
  }

  /** Sequence of `position`. */
  get at(): number {
    return this.#at;
  }

  get caughtUp(): boolean {
    return this.#phase === 'live';
  }

  /** Finds the start, sends the verdict, goes on from there. */
  start(position: string | undefined = this.request.position): void {
    this.#phase = 'starting';
    this.#page = [];
    this.host.findStart({ position, replay: this.request.replay }).then(
      (start) => {
        if (this.#phase === 'finished') return;
        this.#epoch = this.host.context.log.epoch;
        this.#at = start.from;
        this.#phase = 'replaying';
        this.#guarded(() => this.#sendVerdict(start));
        this.pump();
      },
      () => this.host.retry(() => this.#phase !== 'finished' && this.start(position)),
    );
  }

  /** The position may not belong to the feed any more: look again, and tell. */
  restart(): void {
    if (this.#phase === 'replaying' || this.#phase === 'live') this.start(this.position);
  }

  resume(): void {
    this.#full = false;
    this.#guarded(() => this.#adapt());
    this.pump();
  }

  /** Delivers as much as there is and the sink takes. */
  pump(): void {
    this.#guarded(() => {
      while (!this.#full && !this.#refilling && (this.#phase === 'replaying' || this.#phase === 'live')) {
        const step = this.#nextStep();
        if (!step) return;
        this.#deliver(step);
      }
    });
  }

  heartbeat(): void {
    if (this.#full || this.#phase !== 'live') return;
    this.#guarded(() => this.#control({ type: 'heartbeat', data: { timestamp: this.#timestamp() } }));
  }

  closeWith(reason: CloseReason): void {
    if (this.#phase === 'finished') return;
    this.#guarded(() =>
      this.#control({ type: 'closing', data: { reason, reconnect: CLOSE_REASONS[reason].reconnect } }),
    );
    this.#finish(reason, reason);
  }

  end(reason: EndReason): void {
    if (this.#phase === 'finished') return;
    this.#guarded(() => this.#control({ type: 'end', data: { reason } }));
    this.#finish(reason, 'ended');
  }

  /** Tells of trouble in the feed; the reader stays. */
  sendError(error: VanaError): void {
    if (this.#phase === 'finished') return;
    const { code, category, message, retryable } = error;
    this.#guarded(() => this.#control({ type: 'error', data: { code, category, message, retryable } }));
  }

  detach(): void {
    if (this.#phase === 'finished') return;
    this.#phase = 'finished';
    this.#page = [];
    this.host.readerLeft(this, 'left');
  }

  #nextStep(): ReaderStep | undefined {
    const { limits } = this.host.context;
    const shaping = this.#shaping();
    if (this.#page.length > 0) {
      const bytes = shaping ? limits.shapedBytes : limits.batchBytes;
      const step = firstStep(this.#page, this.request.channels, bytes, this.host.shape(shaping));
      this.#page = this.#page.slice(step.length);
      return step;
    }
    const { ring } = this.host;
    if (!ring) return undefined;
    if (!ring.covers(this.#at)) {
      this.#refill();
      return undefined;
    }
    const step = this.host.ringStep(this.#at, this.request, shaping);
    if (!step) this.#reachedEnd();
    return step;
  }

  #shaping(): Shaping | undefined {
    if (this.#lagging) return 'coalesce';
    return this.request.merge && this.#phase === 'replaying' ? 'merge' : undefined;
  }

  #reachedEnd(): void {
    if (this.#phase === 'replaying') {
      this.#phase = 'live';
      this.#control({ type: 'caught_up', data: { timestamp: this.#timestamp() } });
    }
    if (!this.#lagging) return;
    this.#lagging = false;
    this.#control({ type: 'delivery', data: { mode: 'exact' } });
  }

  /** A reader that has drained and is far behind: does it want every intermediate state? */
  #adapt(): void {
    const { context, ring } = this.host;
    if (this.request.delivery !== 'adaptive' || this.#lagging || this.#phase !== 'live' || !ring) return;
    this.#lagging = !ring.covers(this.#at) || ring.countAfter(this.#at) >= context.limits.adaptiveLag;
  }

  #deliver({ batch, gap, to }: ReaderStep): void {
    const from = this.position;
    if (batch && this.#lagging) {
      // Said before the first block of the stretch: who is cut inside it knows what it was not given.
      const range = { from, to: formatPosition(this.#epoch, to) };
      this.#control({ type: 'delivery', data: { mode: 'adaptive', range } });
    }
    // The position moves first: a sink that fails has had its chance, and is closed.
    this.#at = to;
    if (gap) this.#control({ type: 'gap', data: { from, to: this.position, reason: gap } });
    if (!batch) return;
    this.host.countDelivery(batch.entries.length, batch.bytes.length);
    this.#full = !this.sink.events(batch);
    if (this.#full && this.#pageBytes() > this.host.context.limits.keptPageBytes) this.#page = [];
  }

  #pageBytes(): number {
    return this.#page.reduce((sum, item) => sum + (item.frame?.length ?? 0), 0);
  }

  #refill(): void {
    this.#refilling = true;
    const { ring } = this.host;
    this.host.page(this.#at, this.#shaping()).then(
      ({ items, reset }) => {
        this.#refilling = false;
        if (ring !== this.host.ring) return this.pump();
        if (reset && items.length === 0) return this.restart();
        // The log holds nothing that late any more, though the ring begins later: retention took it.
        const rest = ring!.covers(this.#at) ? [] : [{ from: this.#at, to: ring!.base, gap: 'retention' as const }];
        this.#page = items.length > 0 ? items : rest;
        this.pump();
      },
      () =>
        this.host.retry(() => {
          this.#refilling = false;
          this.pump();
        }),
    );
  }

  #sendVerdict({ resume }: ReplayStart): void {
    const { context } = this.host;
    context.observer.readerAttached(context.session, resume.verdict);
    const { connectionId, authenticated } = this.request;
    const { sessionId } = context.session;
    const data = { status: 'connected' as const, sessionId, connectionId, authenticated, resume };
    this.#control({ type: 'agent_network_connection', data: { ...data, timestamp: this.#timestamp() } });
  }

  #control(block: { [T in ControlBlock as T['type']]: Pick<T, 'type' | 'data'> }[ControlBlock['type']]): void {
    const free = this.sink.control({ ...block, position: this.position });
    if (!free) this.#full = true;
  }

  #timestamp(): string {
    return new Date(this.host.context.clock.now()).toISOString();
  }

  /** A sink that throws costs its own reader the connection and nobody else anything. */
  #guarded(task: () => void): void {
    try {
      task();
    } catch {
      this.#finish('feed_error', 'feed_error');
    }
  }

  #finish(told: CloseReason | EndReason, counted: CloseReason | 'ended'): void {
    if (this.#phase === 'finished') return;
    this.#phase = 'finished';
    this.#page = [];
    this.host.readerLeft(this, counted);
    try {
      this.sink.finished(told);
    } catch {
      // The reader is gone either way.
    }
  }
}
