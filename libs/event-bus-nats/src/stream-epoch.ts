// Which life of the bus stream this is. A deleted and re-created stream starts at sequence 1 again, so
// its creation time is part of every position; it is read again whenever it can have changed.
import { EVENT_STREAM } from '@vana/events';
import { jetstreamManager, type JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { createHash } from 'node:crypto';
import type { BusObserver } from './bus-observer.js';
import { orBusUnavailable } from './bus-unavailable.js';

const RETRY_MS = 500;
const EPOCH_BYTES = 5;

export class StreamEpoch {
  readonly #jsm: JetStreamManager;
  readonly #observer: BusObserver;
  readonly #listeners = new Set<(epoch: string) => void>();
  #current: string;
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
    return new StreamEpoch(jsm, observer, await orBusUnavailable(() => readEpoch(jsm)));
  }

  get current(): string {
    return this.#current;
  }

  onChange(listener: (epoch: string) => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /** Reads the creation time again, until the server tells it; listeners hear of a change before this resolves. */
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
      const epoch = await readEpoch(this.#jsm).catch(() => undefined);
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

async function readEpoch(jsm: JetStreamManager): Promise<string> {
  const { created } = await jsm.streams.info(EVENT_STREAM);
  const hash = createHash('sha256').update(`${EVENT_STREAM}\n${created}`).digest();
  return hash.readUIntBE(0, EPOCH_BYTES).toString(36);
}
