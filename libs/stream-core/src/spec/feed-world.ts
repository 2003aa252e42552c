// A session feed on the embedded bus and history whose every live copy can be kept back, doubled or lost.
import { InMemoryBus, InMemoryEventHistory } from '@vana/in-memory';
import { encodeEvent } from '@vana/sse-wire';
import { FakeClock, sampleEvent } from '@vana/test-kit';
import { VanaError, formatPosition, type Channel, type StoredEvent } from '@vana/events';
import { FeedTable } from '../feed-table.js';
import { DEFAULT_FEED_LIMITS, type FeedLimits } from '../limits.js';
import type { EventHistory } from '../ports/event-history.js';
import type { EventLog } from '../ports/event-log.js';
import type { FeedObserver } from '../ports/feed-observer.js';
import type { FrameEncoder } from '../ports/frame-encoder.js';
import type { LogEntry } from '../ports/log-entry.js';

export const SESSION = { tenant: 't', sessionId: 's' };

export type LiveFate = 'deliver' | 'keep' | 'lose';

export class FeedWorld {
  readonly clock = new FakeClock();
  readonly stored: LogEntry[] = [];
  readonly told: { [K in keyof FeedObserver]?: Parameters<FeedObserver[K]>[] } = {};
  readonly kept: (() => void)[] = [];
  readonly bus: InMemoryBus;
  readonly history: InMemoryEventHistory;
  readonly table: FeedTable;
  liveFate: LiveFate = 'deliver';
  /** Tails may be late, but the port promises that they come. */
  tailFate: Exclude<LiveFate, 'lose'> = 'deliver';
  readonly keptTails: (() => void)[] = [];
  historyFate: 'serve' | 'fail' | 'hang' = 'serve';
  logFate: 'serve' | 'fail' = 'serve';
  historyAppends = 0;
  #liveListener: ((entry: LogEntry) => void) | undefined;
  #breakNextPush = false;
  #published = 0;

  constructor(
    limits: Partial<FeedLimits> = {},
    options: { retain?: number; encoder?: FrameEncoder; historyEntries?: number } = {},
  ) {
    const fated = (fate: () => LiveFate, kept: (() => void)[]) => (deliver: () => void) => {
      if (fate() === 'deliver') setImmediate(deliver);
      else if (fate() === 'keep') kept.push(deliver);
    };
    this.bus = new InMemoryBus({
      epoch: 'e1',
      now: () => this.clock.now(),
      live: fated(() => this.liveFate, this.kept),
      tails: fated(() => this.tailFate, this.keptTails),
      ...(options.retain === undefined ? {} : { maxEventsPerSession: options.retain }),
    });
    this.history = new InMemoryEventHistory(this.clock, { maxEntries: options.historyEntries ?? 500 });
    const plain = options.encoder ?? {
      encode: (epoch, { event, seq }) => encodeEvent(formatPosition(epoch, seq), event),
    };
    const encoder: FrameEncoder = {
      encode: (epoch, entry) => (this.#breakNextPush ? this.#brokenFrame() : plain.encode(epoch, entry)),
    };
    this.table = new FeedTable(
      { log: this.#fatedLog(), history: this.#fatedHistory(), clock: this.clock, encoder, observer: this.#observer() },
      { ...DEFAULT_FEED_LIMITS, ...limits },
    );
  }

  async publish(channel: Channel = 'agents', overrides: Partial<StoredEvent> = {}): Promise<LogEntry> {
    const id = `e${++this.#published}`;
    const event = sampleEvent(SESSION, id, { type: 'x.test.step', channel, ...overrides });
    const { seq } = await this.bus.publisher.publish(SESSION, event);
    const entry = { seq, prev: this.stored.at(-1)?.seq ?? 0, storedAtMs: this.clock.now(), event };
    this.stored.push(entry);
    return entry;
  }

  /** Another session's event: sequences of one session are not contiguous. */
  async publishElsewhere(): Promise<void> {
    const other = { tenant: 't', sessionId: 'other' };
    await this.bus.publisher.publish(other, sampleEvent(other, `o${++this.#published}`, { type: 'x.test.step' }));
  }

  async publishMany(count: number): Promise<void> {
    for (let n = 0; n < count; n++) await this.publish();
  }

  /** Stored sequences after `start` on the given channels. */
  expected(start: number, channels: ReadonlySet<Channel>): number[] {
    return this.stored.filter(({ event, seq }) => seq > start && channels.has(event.channel)).map(({ seq }) => seq);
  }

  /** A live copy of an event that was never stored. */
  forgeLive({ seq, prev }: { seq: number; prev: number }): void {
    const event = sampleEvent(SESSION, `forged${seq}`, { type: 'x.test.forged' });
    this.#liveListener!({ seq, prev, storedAtMs: this.clock.now(), event });
  }

  /** The next event makes the feed itself fail, not its encoding. */
  breakNextPush(): void {
    this.#breakNextPush = true;
  }

  #brokenFrame(): Uint8Array {
    this.#breakNextPush = false;
    return new Proxy(new Uint8Array(1), {
      get() {
        throw new Error('planted');
      },
    });
  }

  #fatedLog(): EventLog {
    const { log } = this.bus;
    const fated = <T>(serve: () => Promise<T>): Promise<T> =>
      this.logFate === 'serve' ? serve() : Promise.reject(new VanaError('bus_unavailable'));
    return {
      get epoch() {
        return log.epoch;
      },
      onEpochChange: (listener) => log.onEpochChange(listener),
      onTail: (listener) => log.onTail(listener),
      subscribe: (session, listener) => {
        this.#liveListener = listener;
        return fated(() => log.subscribe(session, listener));
      },
      read: (...args) => fated(() => log.read(...args)),
      readBackward: (...args) => fated(() => log.readBackward(...args)),
      lastSeq: (...args) => fated(() => log.lastSeq(...args)),
    };
  }

  #fatedHistory(): EventHistory {
    const fated = <T>(serve: () => Promise<T>): Promise<T> => {
      if (this.historyFate === 'serve') return serve();
      return this.historyFate === 'fail' ? Promise.reject(new Error('history is down')) : new Promise(() => undefined);
    };
    return {
      read: (...args) => fated(() => this.history.read(...args)),
      readBackward: (...args) => fated(() => this.history.readBackward(...args)),
      append: (...args) => {
        this.historyAppends++;
        return fated(() => this.history.append(...args));
      },
      drop: (...args) => fated(() => this.history.drop(...args)),
    };
  }

  #observer(): FeedObserver {
    const told = this.told as Record<string, unknown[][]>;
    const names: (keyof FeedObserver)[] = [
      ...(['feedOpened', 'feedClosed', 'feedFailed', 'readerAttached', 'readerDetached'] as const),
      ...(['healed', 'gap', 'liveDropped', 'historyFailed', 'delivered'] as const),
    ];
    return Object.fromEntries(
      names.map((name) => [name, (...args: unknown[]) => void (told[name] ??= []).push(args)]),
    ) as unknown as FeedObserver;
  }
}
