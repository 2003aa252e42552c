// The event log on JetStream: live copies over core subscriptions, everything else from the stream.
import { EVENT_STREAM, liveSubject, type SessionKey } from '@vana/events';
import type { EventLog, LiveSubscription, LogEntry } from '@vana/stream-core';
import { jetstream, jetstreamManager } from '@nats-io/jetstream';
import type { Msg, NatsConnection } from '@nats-io/transport-node';
import { completeObserver, type BusObserver } from './bus-observer.js';
import { orBusUnavailable } from './bus-unavailable.js';
import { flushed } from './flushed.js';
import { onReconnect } from './on-reconnect.js';
import { SessionReader } from './session-reader.js';
import { ofLiveMsg, toLogEntry } from './stored-message.js';
import { StreamEpoch } from './stream-epoch.js';
import { Tails, type TailListener } from './tails.js';

export class NatsEventLog implements EventLog {
  readonly #nc: NatsConnection;
  readonly #observer: BusObserver;
  readonly #epoch: StreamEpoch;
  readonly #reader: SessionReader;
  readonly #tails: Tails;
  readonly #stopListening: () => void;

  private constructor(
    nc: NatsConnection,
    observer: BusObserver,
    epoch: StreamEpoch,
    reader: SessionReader,
    tails: Tails,
  ) {
    this.#nc = nc;
    this.#observer = observer;
    this.#epoch = epoch;
    this.#reader = reader;
    this.#tails = tails;
    epoch.onChange(() => tails.restartFromBeginning());
    this.#stopListening = onReconnect(nc, () => {
      void epoch.refresh();
      tails.restart();
    });
  }

  /** The stream must exist (`ensureEventStream`). @throws VanaError bus_unavailable */
  static async open(nc: NatsConnection, observer?: Partial<BusObserver>): Promise<NatsEventLog> {
    const told = completeObserver(observer);
    const epoch = await StreamEpoch.open(nc, told);
    const jsm = await orBusUnavailable(() => jetstreamManager(nc, { checkAPI: false }));
    const js = jetstream(nc);
    const { state } = await orBusUnavailable(() => jsm.streams.info(EVENT_STREAM));
    const tails = new Tails(jsm, js, told, state.last_seq, () => void epoch.refresh());
    return new NatsEventLog(nc, told, epoch, new SessionReader(jsm, js, told), tails);
  }

  get epoch(): string {
    return this.#epoch.current;
  }

  onEpochChange(listener: (epoch: string) => void): () => void {
    return this.#epoch.onChange(listener);
  }

  async subscribe(session: SessionKey, listener: (entry: LogEntry) => void): Promise<LiveSubscription> {
    let open = true;
    const subscription = await orBusUnavailable(async () =>
      this.#nc.subscribe(liveSubject(session), {
        callback: (error, message) => {
          if (open) this.#deliver(session, error, message, listener);
        },
      }),
    );
    const close = (): void => {
      if (open) subscription.unsubscribe();
      open = false;
    };
    try {
      await flushed(this.#nc);
    } catch (error) {
      close();
      throw error;
    }
    return { close };
  }

  read(session: SessionKey, after: number, limit: number): Promise<LogEntry[]> {
    return orBusUnavailable(() => this.#reader.read(session, after, limit));
  }

  readBackward(session: SessionKey, before: number, limit: number): Promise<LogEntry[]> {
    return orBusUnavailable(() => this.#reader.readBackward(session, before, limit));
  }

  lastSeq(session: SessionKey): Promise<number> {
    return orBusUnavailable(() => this.#reader.lastSeq(session));
  }

  onTail(listener: TailListener): () => void {
    return this.#tails.listen(listener);
  }

  /** Stops the tails and every listener; the connection is the caller's. */
  close(): void {
    this.#stopListening();
    this.#tails.close();
    this.#epoch.close();
  }

  /** Never throws: an exception inside a subscription's callback would close the connection. */
  #deliver(session: SessionKey, error: Error | null, message: Msg, listener: (entry: LogEntry) => void): void {
    try {
      const stored = error || message.headers?.last('Nats-Stream') !== EVENT_STREAM ? undefined : ofLiveMsg(message);
      const entry = stored && toLogEntry(session, stored);
      if (entry) listener(entry);
      else this.#observer.liveDropped(session);
    } catch (failure) {
      this.#observer.listenerFailed(failure);
    }
  }
}
