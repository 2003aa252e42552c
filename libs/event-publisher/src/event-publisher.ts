// Events of one session, gathered into requests: one under way at a time, so that they are stored in call order.
import type { OutsideEvent, PublishedBody } from '@vana/events';
import { callGateway } from './gateway-call.js';
import { globalClock, type PublisherClock, type PublisherOptions } from './options.js';
import { PublishError } from './publish-error.js';

/** What of an event the caller gives: it is numbered here. */
export type AgentEvent = Omit<OutsideEvent, 'id' | 'seq'>;

interface Waiting {
  readonly line: string;
  readonly resolve: (position: string) => void;
  readonly reject: (error: PublishError) => void;
}

/** Below the gateway's limit for a body. */
const MAX_REQUEST_CHARACTERS = 200_000;
const MAX_WAITING = 1_000;

export class EventPublisher {
  readonly #options: PublisherOptions;
  readonly #clock: PublisherClock;
  readonly #producer: string;
  readonly #closing = new AbortController();
  readonly #waiting: Waiting[] = [];
  readonly #roomWaiters: (() => void)[] = [];
  readonly #idleWaiters: (() => void)[] = [];
  #sent = 0;
  #underWay = 0;
  #cancelTimer: (() => void) | undefined;
  #closed = false;

  constructor(options: PublisherOptions) {
    this.#options = options;
    this.#clock = options.clock ?? globalClock;
    this.#producer = options.producer ?? crypto.randomUUID();
  }

  /** Events that are not stored yet. */
  get waiting(): number {
    return this.#waiting.length + this.#underWay;
  }

  /**
   * Resolves with the event's position when it is stored. Need not be awaited one by one; await `ready()` instead.
   * @throws PublishError of docs/errors.md (the event itself is refused, others of its request are not);
   * `unreachable` after `giveUpMs`; `buffer_full`, `closed`: nothing was sent
   */
  publish(event: AgentEvent): Promise<string> {
    const stored = new Promise<string>((resolve, reject) => {
      if (this.#closed) return reject(new PublishError('closed', 'The publisher was closed.'));
      if (!this.#hasRoom) {
        return reject(new PublishError('buffer_full', 'Too many events wait: await ready().', { retryable: true }));
      }
      const line = JSON.stringify({ ...event, seq: ++this.#sent });
      this.#waiting.push({ line, resolve, reject });
      this.#schedule();
    });
    stored.catch(() => undefined); // whoever does not look at each does not lose the process
    return stored;
  }

  /** Resolves when there is room for another event: what holds a fast agent back while the platform is slow. */
  async ready(): Promise<void> {
    while (!this.#hasRoom && !this.#closed) await new Promise<void>((resolve) => this.#roomWaiters.push(resolve));
  }

  /** Sends what waits; resolves when nothing does any more, stored or refused. */
  async flush(): Promise<void> {
    while (this.waiting > 0) {
      const idle = new Promise<void>((resolve) => this.#idleWaiters.push(resolve));
      this.#send();
      await idle;
    }
  }

  /** Sends what waits, then ends. With `now` it is dropped: its promises reject with `closed`. */
  async close({ now = false }: { now?: boolean } = {}): Promise<void> {
    if (now) this.#closing.abort();
    this.#closed = true;
    if (now) for (const { reject } of this.#waiting.splice(0)) reject(new PublishError('closed', 'Dropped.'));
    await this.flush();
    tell(this.#roomWaiters);
  }

  get #hasRoom(): boolean {
    return this.waiting < (this.#options.maxWaiting ?? MAX_WAITING);
  }

  #schedule(): void {
    if (this.#underWay > 0) return;
    if (this.#waiting.length >= this.#batchSize) return this.#send();
    this.#cancelTimer ??= this.#clock.schedule(this.#options.lingerMs ?? 20, () => this.#send());
  }

  get #batchSize(): number {
    return this.#options.batchSize ?? 100;
  }

  #send(): void {
    if (this.#underWay > 0 || this.#waiting.length === 0) return;
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const batch = this.#take();
    this.#underWay = batch.length;
    void this.#store(batch).finally(() => {
      this.#underWay = 0;
      tell(this.#roomWaiters);
      if (this.#waiting.length > 0) this.#send();
      else tell(this.#idleWaiters);
    });
  }

  /** As many as one request takes, at least one. */
  #take(): Waiting[] {
    let characters = 0;
    const most = this.#waiting.slice(0, this.#batchSize);
    const fit = most.findIndex(
      ({ line }, index) => (characters += line.length + 1) > MAX_REQUEST_CHARACTERS && index > 0,
    );
    return this.#waiting.splice(0, fit < 0 ? most.length : fit);
  }

  /** Never rejects: each event is told its own outcome. */
  async #store(batch: readonly Waiting[]): Promise<void> {
    let left = batch;
    while (left.length > 0) {
      try {
        const { positions } = await this.#request(left);
        for (const [index, { resolve }] of left.entries()) resolve(positions[index] ?? '');
        return;
      } catch (error) {
        const refused = error as PublishError;
        const line = Number(refused.details['line']);
        const wrong = left[line - 1];
        if (wrong === undefined) {
          for (const { reject } of left) reject(refused);
          return;
        }
        // The others of its request were not stored either: once more without it.
        wrong.reject(refused);
        left = left.filter((each) => each !== wrong);
      }
    }
  }

  #request(batch: readonly Waiting[]): Promise<PublishedBody> {
    const { sessionId } = this.#options;
    const call = {
      path: `/api/events/${encodeURIComponent(sessionId)}?producer=${this.#producer}`,
      body: batch.map(({ line }) => line).join('\n'),
      headers: { 'content-type': 'application/x-ndjson' },
    };
    return callGateway<PublishedBody>(this.#options, call, this.#closing.signal);
  }
}

function tell(waiters: (() => void)[]): void {
  for (const resolve of waiters.splice(0)) resolve();
}
