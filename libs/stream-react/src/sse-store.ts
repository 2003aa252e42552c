// One stream as an external store of React: events are folded into an immutable view, once per frame.
import { StreamConnection, type StreamEvent, type StreamOptions, type StreamStatus } from '@vana/stream-client';
import { FrameBatch } from './frame-batch.js';
import type { SseOptions } from './sse-options.js';

export interface SseView<S> {
  readonly status: StreamStatus;
  readonly events: readonly StreamEvent[];
  readonly lastEvent: StreamEvent | undefined;
  /** Made of all events by `fold`. */
  readonly folded: S;
}

/** @param events in order, each exactly once over all calls; must not be kept */
export type Fold<S> = (before: S, events: readonly StreamEvent[]) => S;

const MAX_EVENTS = 1_000;

const NOT_CONNECTED: StreamStatus = {
  state: 'disconnected',
  health: 'disconnected',
  breaker: 'closed',
  transport: 'fetch',
  attempt: 0,
  latencyMs: undefined,
  position: undefined,
  error: undefined,
};

export class SseStore<S> {
  readonly #listeners = new Set<() => void>();
  readonly #batch = new FrameBatch(() => this.#flush());
  #connection: StreamConnection | undefined;
  #pending: StreamEvent[] = [];
  #status = NOT_CONNECTED;
  #view: SseView<S>;

  constructor(
    private readonly initial: S,
    private readonly fold: Fold<S>,
    /** The latest options: read whenever something happens. */
    private readonly options: () => SseOptions,
  ) {
    this.#view = { status: NOT_CONNECTED, events: [], lastEvent: undefined, folded: initial };
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly view = (): SseView<S> => this.#view;

  /** Resumes where it stopped. Does nothing while it is connected. */
  connect(url: string | URL): void {
    if (this.#connection) {
      this.#connection.connect();
      return;
    }
    const position = this.#status.position ?? this.options().lastEventId;
    this.#connection = new StreamConnection({
      ...this.options(),
      ...this.#callbacks(),
      url,
      autoConnect: true,
      ...(position === undefined ? {} : { lastEventId: position }),
    });
  }

  disconnect(): void {
    if (!this.#connection) return;
    const connection = this.#connection;
    connection.close();
    this.#connection = undefined;
    this.#status = connection.status;
    this.#changed();
  }

  /** Cuts the connection and resumes at once. */
  reconnect(url: string | URL): void {
    if (this.#connection) this.#connection.reconnect();
    else this.connect(url);
  }

  clearEvents(): void {
    this.#batch.now();
    this.#show({ ...this.#view, events: [], lastEvent: undefined });
  }

  /** For another stream: nothing of the last one is left. */
  reset(): void {
    this.disconnect();
    this.#batch.cancel();
    this.#pending = [];
    this.#status = NOT_CONNECTED;
    this.#show({ status: NOT_CONNECTED, events: [], lastEvent: undefined, folded: this.initial });
  }

  /** Those that the options name are called at once, not once per frame. */
  #callbacks(): Partial<StreamOptions> {
    const { token } = this.options();
    return {
      ...(token === undefined ? {} : { token: typeof token === 'string' ? token : (ask) => this.#token(ask) }),
      onEvent: (event) => {
        this.#pending.push(event);
        this.#changed();
        this.options().onEvent?.(event);
      },
      onStatus: (status) => {
        this.#status = status;
        this.#changed();
        this.options().onStatus?.(status);
      },
      onControl: (block) => {
        // Latency and health follow heartbeats.
        if (this.#connection) this.#status = this.#connection.status;
        this.#changed();
        this.options().onControl?.(block);
      },
      onError: (error) => {
        if (this.#connection) this.#status = this.#connection.status;
        this.#changed();
        this.options().onError?.(error);
      },
    };
  }

  #token(ask: { refresh: boolean }): string | Promise<string> {
    const { token = '' } = this.options();
    return typeof token === 'function' ? token(ask) : token;
  }

  #changed(): void {
    this.#batch.request();
  }

  #flush(): void {
    const fresh = this.#pending;
    this.#pending = [];
    const status = this.#connection?.status ?? this.#status;
    const { events, lastEvent, folded } = this.#view;
    const most = this.options().maxEvents ?? MAX_EVENTS;
    this.#show({
      status,
      events: fresh.length === 0 ? events : [...events, ...fresh].slice(-most),
      lastEvent: fresh.at(-1) ?? lastEvent,
      folded: fresh.length === 0 ? folded : this.fold(folded, fresh),
    });
  }

  #show(view: SseView<S>): void {
    this.#view = view;
    for (const listener of [...this.#listeners]) listener();
  }
}
