// Tails: one headers-only ordered consumer over the whole stream, so that an event is known of even when
// its live copy never came. Made with the first listener; made anew from the last known sequence on when
// the connection was lost, a message is missing or the stream is another one.
import { EVENT_STREAM, sessionOfSubject, type SessionKey } from '@vana/events';
import type {
  ConsumerMessages,
  ConsumerNotification,
  JetStreamClient,
  JetStreamManager,
  JsMsg,
} from '@nats-io/jetstream';
import type { BusObserver } from './bus-observer.js';

export type TailListener = (session: SessionKey, seq: number) => void;

const PULL_SIZE = 2_000;
const PULL_EXPIRES_MS = 30_000;
const IDLE_HEARTBEAT_MS = 2_000;
const INACTIVE_MS = 30_000;
const RETRY_MS = 500;

export class Tails {
  readonly #jsm: JetStreamManager;
  readonly #js: JetStreamClient;
  readonly #observer: BusObserver;
  /** The consumer was found missing: the stream may be another one. */
  readonly #onTrouble: () => void;
  readonly #listeners = new Set<TailListener>();
  #run: AbortController | undefined;
  /** Stream sequence up to which listeners have heard; `undefined`: up to the stream's end at the next start. */
  #seen: number | undefined;

  /** @param seen the stream's last sequence now: nothing is missed however long the first start takes */
  constructor(jsm: JetStreamManager, js: JetStreamClient, observer: BusObserver, seen: number, onTrouble: () => void) {
    this.#jsm = jsm;
    this.#js = js;
    this.#observer = observer;
    this.#seen = seen;
    this.#onTrouble = onTrouble;
  }

  listen(listener: TailListener): () => void {
    const own: TailListener = (session, seq) => listener(session, seq);
    this.#listeners.add(own);
    if (!this.#run) this.#start();
    return () => {
      this.#listeners.delete(own);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** The connection was lost and is back: messages may have been sent to the old one. */
  restart(): void {
    if (!this.#run) return;
    this.#run.abort();
    this.#start();
    this.#observer.tailsRestarted((this.#seen ?? 0) + 1);
  }

  /** The stream is another one: its sequences start at 1. */
  restartFromBeginning(): void {
    this.#seen = 0;
    this.restart();
  }

  /** Stops the consumer; a later listener starts it anew, at the stream's end. */
  close(): void {
    this.#run?.abort();
    this.#run = undefined;
    this.#seen = undefined;
  }

  #start(): void {
    const run = new AbortController();
    this.#run = run;
    void this.#follow(run.signal);
  }

  async #follow(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      try {
        await this.#consume(signal);
      } catch {
        // Not reachable, or the stream is gone: tried again until it is there or nobody listens.
      }
      if (signal.aborted) return;
      await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
    }
  }

  /** Resolves when the consumer has ended. */
  async #consume(signal: AbortSignal): Promise<void> {
    const seen = this.#seen ?? (await this.#jsm.streams.info(EVENT_STREAM)).state.last_seq;
    if (signal.aborted) return;
    this.#seen = seen;
    const consumer = await this.#js.consumers.get(EVENT_STREAM, {
      opt_start_seq: seen + 1,
      headers_only: true,
      inactive_threshold: INACTIVE_MS,
    });
    let delivered = 0;
    const messages = await consumer.consume({
      max_messages: PULL_SIZE,
      expires: PULL_EXPIRES_MS,
      idle_heartbeat: IDLE_HEARTBEAT_MS,
      callback: (message) => {
        if (signal.aborted) return;
        delivered = message.info.deliverySequence;
        this.#tell(message);
      },
    });
    const stop = (): void => {
      messages.stop();
      void consumer.delete().catch(() => undefined);
    };
    if (signal.aborted) return stop();
    signal.addEventListener('abort', stop, { once: true });
    void this.#watch(messages, signal, (notification) => {
      if (notification.type === 'ordered_consumer_recreated') delivered = 0;
      // The server has sent more than came, and silence followed: nothing else would reveal it.
      return notification.type === 'heartbeat' && notification.lastConsumerSequence > delivered;
    });
    await messages.closed();
  }

  async #watch(
    messages: ConsumerMessages,
    signal: AbortSignal,
    isLoss: (notification: ConsumerNotification) => boolean,
  ): Promise<void> {
    for await (const notification of messages.status()) {
      if (signal.aborted) return;
      if (notification.type === 'stream_not_found' || notification.type === 'consumer_deleted') this.#onTrouble();
      if (notification.type === 'consumer_not_found') this.#onTrouble();
      if (isLoss(notification)) return this.restart();
    }
  }

  #tell(message: JsMsg): void {
    this.#seen = message.seq;
    const session = sessionOfSubject(message.subject);
    if (!session) return;
    for (const listener of this.#listeners) {
      try {
        listener(session, message.seq);
      } catch (error) {
        this.#observer.listenerFailed(error);
      }
    }
  }
}
