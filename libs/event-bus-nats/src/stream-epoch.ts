// The epoch: which life of the bus stream this is, as part of every position. It is read again whenever it can
// have changed.
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { BusObserver } from './bus-observer.js';
import { orBusUnavailable } from './bus-unavailable.js';
import { readLife, readLifeAfter, type KnownMessage } from './stream-life.js';

const RETRY_MS = 500;

const NOTHING: KnownMessage = { seq: 0, storedAtMs: undefined };

export class StreamEpoch {
  readonly #jsm: JetStreamManager;
  readonly #observer: BusObserver;
  readonly #listeners = new Set<(epoch: string) => void>();
  #current: string;
  #known: KnownMessage = NOTHING;
  #refreshing: Promise<void> | undefined;
  #again = false;
  #closed = false;

  private constructor(jsm: JetStreamManager, observer: BusObserver, current: string) {
    this.#jsm = jsm;
    this.#observer = observer;
    this.#current = current;
  }

  /** @throws VanaError bus_unavailable, also when the stream does not exist */
  static async open(nc: NatsConnection, observer: BusObserver): Promise<StreamEpoch> {
    const jsm = await orBusUnavailable(() => jetstreamManager(nc, { checkAPI: false }));
    const { epoch } = await orBusUnavailable(() => readLife(jsm));
    return new StreamEpoch(jsm, observer, epoch);
  }

  get current(): string {
    return this.#current;
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
      const known = this.#known;
      const epoch = await readLifeAfter(this.#jsm, known).then(
        (life) => life.epoch,
        () => undefined,
      );
      if (this.#closed) return;
      if (epoch === undefined) await this.#wait();
      else this.#set(epoch);
    } while (this.#again && !this.#closed);
  }

  #wait(): Promise<void> {
    this.#again = true;
    return new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
  }

  #set(epoch: string): void {
    if (epoch === this.#current) return;
    this.#current = epoch;
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
