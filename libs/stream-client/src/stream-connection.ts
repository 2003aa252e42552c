// Follows one event stream through whatever happens to the connection: one position across reconnects and
// transports, every event once. Closing it never stops a run.
import { Backoff } from './backoff.js';
import { Breaker } from './breaker.js';
import { systemClock, type ClientClock } from './clock.js';
import { EventQueue } from './event-queue.js';
import { Health } from './health.js';
import type { StreamOptions } from './options.js';
import { pageLifecycle, type PageLifecycle } from './page-lifecycle.js';
import { PositionFilter } from './position-filter.js';
import { afterError } from './error-policy.js';
import { StreamError, type ConnectionState, type StreamStatus, type TransportName } from './states.js';
import { isControl, readBlock, type RawBlock, type StreamControl, type StreamEvent } from './stream-event.js';
import { streamUrl, tokenUrl } from './stream-url.js';
import { TokenSource } from './token-source.js';
import { TransportChoice } from './transport-choice.js';
import { eventSourceTransport } from './transports/event-source.js';
import { fetchStream } from './transports/fetch-stream.js';
import { pollTransport } from './transports/poll.js';
import type { Transport, TransportEnd, TransportSink } from './transports/transport.js';
import { Watchdog } from './watchdog.js';

const FIRST_BYTE_MS = 10_000;
/** Connected for so long, earlier failures do not count any more, ms. */
const STABLE_MS = 10_000;
/** A token is replaced on the live connection when it has less than this to live, ms. */
const TOKEN_MARGIN_MS = 30_000;

/** Why a connection was cut by ourselves. */
type Cut = 'silent' | 'no_first_byte' | 'held_back' | 'offline' | 'asked';

export class StreamConnection implements AsyncIterable<StreamEvent> {
  readonly #clock: ClientClock;
  readonly #page: PageLifecycle;
  readonly #filter: PositionFilter;
  readonly #token: TokenSource;
  readonly #backoff: Backoff;
  readonly #breaker: Breaker;
  readonly #health: Health;
  readonly #choice: TransportChoice;
  #state: ConnectionState = 'disconnected';
  #error: StreamError | undefined;
  #retryHintMs = 0;
  #connectionId: string | undefined;
  #connectedAtMs = 0;
  #cancelExtend: () => void = () => undefined;
  /** The loop that keeps it connected; `undefined` when nothing is tried. */
  #running: Promise<void> | undefined;
  #stopped = false;
  #cut: ((why: Cut) => void) | undefined;
  #wake: (() => void) | undefined;
  #closing: { readonly reason: string; readonly reconnect: boolean } | undefined;
  #queue: EventQueue<StreamEvent> | undefined;
  readonly #stopListening: () => void;

  constructor(private readonly options: StreamOptions) {
    this.#clock = options.clock ?? systemClock;
    this.#page = options.page ?? pageLifecycle;
    this.#filter = new PositionFilter(options.lastEventId);
    this.#token = new TokenSource(options.token);
    this.#backoff = new Backoff(this.#clock, options.retry);
    this.#breaker = new Breaker(this.#clock, options.breaker);
    this.#health = new Health(this.#clock);
    this.#choice = new TransportChoice(this.#clock, options.transports ?? ['fetch', 'poll']);
    const stopReturn = this.#page.onReturn(() => this.#returned());
    const stopOffline = this.#page.onOffline(() => this.#cut?.('offline'));
    this.#stopListening = () => {
      stopReturn();
      stopOffline();
    };
    if (options.autoConnect !== false) this.connect();
  }

  get status(): StreamStatus {
    return {
      state: this.#state,
      health: this.#health.of(this.#state === 'connected'),
      breaker: this.#breaker.state,
      transport: this.#choice.current,
      attempt: this.#backoff.failures,
      latencyMs: this.#health.latencyMs,
      position: this.#filter.position,
      error: this.#error,
    };
  }

  /** Of the live connection; `POST /api/stream/{connection}/token` extends it. */
  get connectionId(): string | undefined {
    return this.#connectionId;
  }

  /** Starts, or starts again after it gave up. Does nothing while it is at it. */
  connect(): void {
    this.#stopped = false;
    this.#running ??= this.#run().finally(() => (this.#running = undefined));
  }

  /** Cuts the connection and comes back at once, from the same position. */
  reconnect(): void {
    this.#backoff.reset();
    if (!this.#running) return this.connect();
    this.#cut?.('asked');
    this.#wake?.();
  }

  /** Leaves the stream. Runs go on; `connect()` resumes where it was. */
  disconnect(): void {
    this.#stopped = true;
    this.#cut?.('asked');
    this.#wake?.();
    this.#setState('disconnected');
  }

  /** Leaves for good. */
  close(): void {
    this.disconnect();
    this.#stopListening();
    this.#queue?.end();
  }

  /** Every event from now on. A slow loop slows the stream down; leaving the loop closes it. */
  [Symbol.asyncIterator](): AsyncIterator<StreamEvent> {
    this.#queue ??= new EventQueue<StreamEvent>(() => this.close());
    return this.#queue;
  }

  async #run(): Promise<void> {
    let refresh = false;
    let first = true;
    while (!this.#stopped) {
      await this.#untilAllowed();
      if (this.#stopped) return;
      this.#setState(first && this.#backoff.failures === 0 ? 'connecting' : 'reconnecting');
      first = false;
      const startedMs = this.#clock.now();
      const outcome = await this.#attempt(refresh);
      if (this.#stopped) return;
      const refreshed = refresh;
      refresh = false;
      if (outcome === 'ended') return this.#over();
      if (outcome instanceof StreamError) {
        const next = afterError(outcome, this.#token.canRefresh && !refreshed);
        if (next === 'stop') return this.#fail(outcome, false);
        this.#fail(outcome, true);
        if (next === 'refresh') {
          refresh = true;
          continue;
        }
      } else if (this.#connectedFor(startedMs) >= STABLE_MS) {
        this.#backoff.reset();
      }
      if (!(await this.#pause(outcome))) return;
      refresh ||= this.#closing?.reason === 'token_expired';
    }
  }

  /** Online, and the breaker lets one attempt through. */
  async #untilAllowed(): Promise<void> {
    while (!this.#stopped && !this.#page.online) {
      this.#setState('reconnecting');
      await this.#sleep(undefined);
    }
    while (!this.#stopped && this.#breaker.waitMs > 0) {
      this.#setState('error');
      await this.#sleep(this.#breaker.waitMs);
    }
  }

  /** @returns false when the round is lost and nothing more is tried by itself */
  async #pause(outcome: StreamError | Cut | 'broken'): Promise<boolean> {
    if (outcome === 'asked' || outcome === 'offline' || outcome === 'held_back') return true;
    this.#setState('reconnecting');
    if (this.#closing) {
      // The server said when to come back: that is no failure.
      await this.#sleep(this.#retryHintMs);
      return true;
    }
    const retryAfterMs = outcome instanceof StreamError ? outcome.details.retryAfterMs : undefined;
    const waitMs = this.#breaker.state === 'half_open' ? undefined : this.#backoff.next(this.#retryHintMs);
    if (waitMs === undefined) {
      this.#breaker.lost();
      this.#backoff.reset();
      if (this.#breaker.state === 'open') return true;
      this.#setState('error');
      return false;
    }
    await this.#sleep(retryAfterMs ?? waitMs);
    return true;
  }

  async #attempt(refresh: boolean): Promise<TransportEnd | Cut | StreamError> {
    const abort = new AbortController();
    const name = this.#choice.current;
    let why: Cut | undefined;
    const cut = (reason: Cut): void => {
      why ??= reason;
      abort.abort();
    };
    this.#cut = cut;
    this.#closing = undefined;
    const startedMs = this.#clock.now();
    const cancelFirstByte = this.#clock.schedule(this.options.firstByteMs ?? FIRST_BYTE_MS, () => cut('no_first_byte'));
    const watchdog = new Watchdog(this.#clock, () => cut('silent'), this.options.silenceMs);
    const sink = this.#sink(watchdog, () => {
      cancelFirstByte();
      this.#opened(this.#clock.now() - startedMs);
    });
    try {
      const end = await this.#transport(name)(await this.#request(abort.signal, refresh), sink);
      if (why === 'silent') return new StreamError('timeout', 'The connection went silent.');
      if (why === 'no_first_byte') return this.#silentStart();
      // Polling ended by itself so that streaming is tried again: nothing went wrong.
      return why ?? (name === 'poll' && end === 'broken' ? 'asked' : end);
    } catch (error) {
      if (why === 'no_first_byte') return this.#silentStart();
      if (why) return why;
      return error instanceof StreamError ? error : new StreamError('connection', 'No connection.', { cause: error });
    } finally {
      cancelFirstByte();
      watchdog.stop();
      this.#cancelExtend();
      this.#cut = undefined;
      this.#connectionId = undefined;
    }
  }

  #silentStart(): StreamError {
    this.#choice.silentStart();
    return new StreamError('timeout', 'No byte came in time.');
  }

  async #request(signal: AbortSignal, refresh: boolean) {
    const expiresAtMs = this.#token.expiresAtMs ?? Infinity;
    const stale = this.#token.canRefresh && expiresAtMs - Date.now() < TOKEN_MARGIN_MS;
    const token = await this.#token.get(refresh || stale);
    const { headers, method = 'GET', body, withCredentials = false } = this.options;
    return {
      url: streamUrl(this.options),
      headers: { ...headers, ...(token === undefined ? {} : { authorization: `Bearer ${token}` }) },
      method,
      body,
      withCredentials,
      position: this.#filter.position,
      signal,
      fetch: this.options.fetch ?? fetch,
    };
  }

  #transport(name: TransportName): Transport {
    if (name === 'poll') return pollTransport(() => this.#choice.isPollOver);
    return name === 'fetch' ? fetchStream : eventSourceTransport(this.options.outsideTypes);
  }

  #sink(watchdog: Watchdog, opened: () => void): TransportSink {
    return {
      opened,
      alive: () => watchdog.alive(),
      retry: (ms) => (this.#retryHintMs = ms),
      ready: () => this.#queue?.ready(),
      ...(this.options.onComment ? { comment: this.options.onComment } : {}),
      message: (message) => {
        if (this.options.onMessage) {
          this.#filter.remember(message.id);
          if (!this.#stopped) this.options.onMessage(message);
          return;
        }
        const block = readBlock(message);
        if (block) this.#block(block, watchdog);
        else this.#unreadable(message.type);
      },
      block: (block) => this.#block(block, watchdog),
    };
  }

  #block(block: RawBlock, watchdog: Watchdog): void {
    if (this.#stopped) return;
    if (isControl(block.type, block.data)) this.#control(block, watchdog);
    else this.#event(block);
  }

  /** The stream goes on. */
  #unreadable(type: string): void {
    this.#health.error();
    this.options.onError?.(new StreamError('parsing', `A block of type ${type} cannot be read.`, { willRetry: true }));
  }

  #opened(latencyMs: number): void {
    this.#breaker.connected();
    this.#choice.opened();
    this.#health.firstByte(latencyMs);
    this.#error = undefined;
    this.#connectedAtMs = this.#clock.now();
    this.#extendInTime();
    this.#setState('connected');
  }

  /** A token that runs out is replaced on the live connection; should that fail, the server says `token_expired`. */
  #extendInTime(): void {
    const expiresAtMs = this.#token.expiresAtMs;
    if (expiresAtMs === undefined || !this.#token.canRefresh) return;
    this.#cancelExtend();
    this.#cancelExtend = this.#clock.schedule(Math.max(0, expiresAtMs - Date.now() - TOKEN_MARGIN_MS), () => {
      void this.#extend().catch(() => undefined);
    });
  }

  async #extend(): Promise<void> {
    if (this.#connectionId === undefined) return;
    const { fetch: given = fetch } = this.options;
    const address = tokenUrl(streamUrl(this.options), this.#connectionId);
    const headers = { authorization: `Bearer ${await this.#token.get(true)}` };
    const response = await given(address, { method: 'POST', headers });
    if (response.ok) this.#extendInTime();
  }

  #connectedFor(startedMs: number): number {
    return this.#connectedAtMs < startedMs ? 0 : this.#clock.now() - this.#connectedAtMs;
  }

  #event({ type, id, data }: RawBlock): void {
    if (!this.#filter.accept(id, data['merged'] !== undefined)) return;
    const event = { type, id, data } as unknown as StreamEvent;
    this.options.onEvent?.(event);
    this.#queue?.push(event);
  }

  #control(raw: RawBlock, watchdog: Watchdog): void {
    const block = { type: raw.type, position: raw.id, data: raw.data } as unknown as StreamControl;
    if (raw.id !== '') this.#filter.moveTo(raw.id);
    if (block.type === 'agent_network_connection') this.#connectionId = block.data.connectionId;
    if (block.type === 'closing') this.#closing = block.data;
    if (block.type === 'end') this.#stopped = true;
    if (block.type === 'heartbeat') {
      watchdog.heartbeat(block.data.timestamp);
      this.#health.block(block.data.timestamp);
      if (watchdog.isBuffered) {
        this.#choice.heldBack();
        if (this.#choice.isPolling) this.#cut?.('held_back');
      }
    }
    this.options.onControl?.(block);
    if (block.type === 'closing' && !block.data.reconnect) {
      this.#stopped = true;
      this.#fail(new StreamError('authorization', `The server ended the stream: ${block.data.reason}.`), false);
    } else if (block.type === 'end') {
      this.#over();
    }
  }

  /** Everything was delivered, and nothing will come any more. */
  #over(): void {
    this.#stopped = true;
    this.#cut?.('asked');
    this.#setState('disconnected');
    this.#queue?.end();
  }

  #fail(error: StreamError, willRetry: boolean): void {
    this.#error = new StreamError(error.category, error.message, { ...error.details, willRetry });
    this.#health.error();
    if (!willRetry) {
      this.#cut?.('asked');
      this.#setState('error');
      this.#queue?.end();
    }
    this.options.onError?.(this.#error);
  }

  #returned(): void {
    if (this.#wake) this.#wake();
    else if (!this.#running && !this.#stopped) this.connect();
  }

  /** @param ms `undefined`: until woken */
  #sleep(ms: number | undefined): Promise<void> {
    return new Promise((resolve) => {
      const cancel = ms === undefined ? undefined : this.#clock.schedule(ms, () => this.#wake?.());
      this.#wake = () => {
        this.#wake = undefined;
        cancel?.();
        resolve();
      };
    });
  }

  #setState(state: ConnectionState): void {
    this.#state = state;
    this.options.onStatus?.(this.status);
  }
}
