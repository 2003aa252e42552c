// Writes one session's events and remembers which were acknowledged. An unknown outcome is asked about again
// with the same event, as the contract allows, until there is an answer.
import { VanaError, type ErrorCode, type SessionKey, type StoredEvent } from '@vana/events';
import type { NatsEventPublisher } from '@vana/event-bus-nats';
import type { Seeded } from '../seeded.js';
import { sleep, until } from '../waiting.js';
import { keyOf } from '../oracle/judge-stream.js';
import { EventMix } from './event-mix.js';

export interface Acknowledged {
  readonly session: SessionKey;
  readonly event: StoredEvent;
  readonly seq: number;
  readonly epoch: string;
  readonly tookMs: number;
  /** On performance.now()'s clock. */
  readonly atMs: number;
}

export type Pace = 'steady' | 'bursts';

const PERSISTENCE_MS = 60_000;
const FLOOD_BYTES = 60_000;

export class SessionWriter {
  readonly acknowledged: Acknowledged[] = [];
  /** Whose outcome stayed unknown to the end: they may be stored or not. */
  readonly unknown: StoredEvent[] = [];
  readonly #mix: EventMix;
  #stopped = false;
  #held = false;
  #underWay = 0;
  #work: Promise<void> = Promise.resolve();

  constructor(
    private readonly publisher: Pick<NatsEventPublisher, 'publish'>,
    readonly session: SessionKey,
    private readonly random: Seeded,
    mix?: EventMix,
  ) {
    this.#mix = mix ?? new EventMix(session, random);
  }

  /** `<tenant>.<session>` */
  get key(): string {
    return keyOf(this.session);
  }

  start(eventsPerSecond: number, pace: Pace): void {
    this.#work = this.#write(eventsPerSecond, pace);
  }

  /** Writes `count` events as fast as they are acknowledged. */
  async burst(count: number): Promise<void> {
    for (let n = 0; n < count && !this.#stopped; n++) await this.publish(this.#mix.next());
  }

  /** Many events of a size that fills buffers. */
  async flood(count: number): Promise<void> {
    for (let n = 0; n < count; n++) await this.publish(this.#mix.nextOf(FLOOD_BYTES));
  }

  async large(bytes: number): Promise<void> {
    await this.publish(this.#mix.nextOf(bytes));
  }

  /** An event that the publisher must not take. @throws Error when it does, or refuses it for another reason */
  async mustRefuse(bytes: number, code: ErrorCode): Promise<void> {
    const refusal = await this.publisher
      .publish(this.session, this.#mix.nextOf(bytes))
      .catch((error: unknown) => error);
    if (!(refusal instanceof VanaError) || refusal.code !== code) throw new Error(`${bytes} bytes were not refused`);
  }

  /** Events that are not published yet. */
  draw(count: number): StoredEvent[] {
    return Array.from({ length: count }, () => this.#mix.next());
  }

  /** Holds back new events; with `true` it resolves when none is on its way. */
  async hold(held: boolean): Promise<void> {
    this.#held = held;
    if (held) await until(() => this.#underWay === 0, PERSISTENCE_MS);
  }

  /** No new event; resolves when the last one has its answer. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#work;
  }

  /** Resolves with the answer, or when it stays unknown. */
  async publish(event: StoredEvent): Promise<void> {
    this.#underWay++;
    try {
      await this.#publish(event);
    } finally {
      this.#underWay--;
    }
  }

  async #publish(event: StoredEvent): Promise<void> {
    const startedMs = performance.now();
    while (performance.now() - startedMs < PERSISTENCE_MS) {
      try {
        const { seq, epoch } = await this.publisher.publish(this.session, event);
        const atMs = performance.now();
        this.acknowledged.push({ session: this.session, event, seq, epoch, atMs, tookMs: atMs - startedMs });
        return;
      } catch (error) {
        if (!(error instanceof VanaError) || !error.retryable) throw error;
        await sleep(50);
      }
    }
    this.unknown.push(event);
  }

  async #write(eventsPerSecond: number, pace: Pace): Promise<void> {
    const burst = pace === 'bursts' ? Math.max(2, Math.round(eventsPerSecond / 3)) : 1;
    const pauseMs = (1_000 * burst) / eventsPerSecond;
    while (!this.#stopped) {
      const startedMs = performance.now();
      for (let n = 0; n < burst && !this.#stopped && !this.#held; n++) await this.publish(this.#mix.next());
      const restMs = pauseMs * (0.5 + this.random.next()) - (performance.now() - startedMs);
      await sleep(Math.max(1, restMs));
    }
  }
}
