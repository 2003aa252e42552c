// The epoch: which life of the bus stream this is, as part of every position. It is read again whenever it can
// have changed.
import { jetstream, jetstreamManager, type JetStreamClient, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { BusObserver } from './bus-observer.js';
import { orBusUnavailable } from './bus-unavailable.js';
import { readLife, readLifeAfter, type KnownMessage, type StreamLife } from './stream-life.js';

const RETRY_MS = 500;

const NOTHING: KnownMessage = { seq: 0, storedAtMs: undefined };

export class StreamEpoch {
  readonly #jsm: JetStreamManager;
  readonly #js: JetStreamClient;
  readonly #observer: BusObserver;
  readonly #listeners = new Set<(epoch: string) => void>();
  #current: StreamLife;
  #known: KnownMessage = NOTHING;
  #refreshing: Promise<void> | undefined;
  #again = false;
  #closed = false;

  private constructor(jsm: JetStreamManager, js: JetStreamClient, observer: BusObserver, current: StreamLife) {
    this.#jsm = jsm;
    this.#js = js;
    this.#observer = observer;
    this.#current = current;
  }

  /** @throws VanaError bus_unavailable, also when the stream does not exist */
  static async open(nc: NatsConnection, observer: BusObserver): Promise<StreamEpoch> {
    const jsm = await orBusUnavailable(() => jetstreamManager(nc, { checkAPI: false }));
    return new StreamEpoch(jsm, jetstream(nc), observer, await orBusUnavailable(() => readLife(jsm)));
  }

  get current(): string {
    return this.#current.epoch;
  }

  /** A message that the stream holds: should it be missing one day, the stream has gone back. */
  noticed(seq: number, storedAtMs?: number): void {
    if (seq > this.#known.seq) this.#known = { seq, storedAtMs };
  }

  onChange(listener: (epoch: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reads it again, until the server tells it; listeners hear of a change before this resolves. */
  refresh(): Promise<void> {
    // An answer under way may be older than what made the caller ask.
    this.#again = this.#refreshing !== undefined;
    this.#refreshing ??= this.#read().finally(() => {
      this.#refreshing = undefined;
    });
    return this.#refreshing;
  }

  close(): void {
    this.#closed = true;
    this.#listeners.clear();
  }

  async #read(): Promise<void> {
    do {
      this.#again = false;
      const [known, current] = [this.#known, this.#current];
      const life = await readLifeAfter(this.#jsm, this.#js, current, known).catch(() => undefined);
      if (this.#closed) return;
      if (life === undefined) await this.#wait();
      else this.#set(life);
    } while (this.#again && !this.#closed);
  }

  #wait(): Promise<void> {
    this.#again = true;
    return new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
  }

  #set(life: StreamLife): void {
    const { epoch } = life;
    if (epoch === this.#current.epoch) return;
    this.#current = life;
    this.#known = NOTHING;
    this.#observer.epochChanged(epoch);
    for (const listener of this.#listeners) {
      try {
        listener(epoch);
      } catch (error) {
        this.#observer.listenerFailed(error);
      }
    }
  }
}
