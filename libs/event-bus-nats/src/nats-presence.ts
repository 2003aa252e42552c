// Presence over core NATS: broadcasters beat every second and when somebody asks.
import { PRESENCE_ASK_SUBJECT, PRESENCE_SUBJECT } from '@vana/events';
import type { BroadcasterBeat, Presence } from '@vana/routing';
import type { Clock } from '@vana/stream-core';
import type { Msg, NatsConnection, Subscription } from '@nats-io/transport-node';
import { completeObserver, type BusObserver } from './bus-observer.js';
import { orBusUnavailable } from './bus-unavailable.js';
import { flushed } from './flushed.js';
import { PodRoster } from './pod-roster.js';
import { encodePresence, parsePresence, type PresenceMessage } from './presence-message.js';

const BEAT_MS = 1_000;
const GOOD_BYE_MS = 500;

export class NatsPresence implements Presence {
  readonly #nc: NatsConnection;
  readonly #clock: Clock;
  readonly #observer: BusObserver;
  readonly #roster = new PodRoster();
  readonly #listeners = new Set<() => void>();
  readonly #silenceListeners = new Set<(podId: string) => void>();
  readonly #beatWaiters = new Set<() => void>();
  readonly #subscription: Subscription;

  private constructor(nc: NatsConnection, clock: Clock, observer: BusObserver) {
    this.#nc = nc;
    this.#clock = clock;
    this.#observer = observer;
    this.#subscription = nc.subscribe(PRESENCE_SUBJECT, {
      callback: (error, message) => this.#receive(error, message),
    });
  }

  /** Hears from now on; `discover` asks who is there already. @throws VanaError bus_unavailable */
  static async open(nc: NatsConnection, clock: Clock, observer?: Partial<BusObserver>): Promise<NatsPresence> {
    const presence = await orBusUnavailable(async () => new NatsPresence(nc, clock, completeObserver(observer)));
    await flushed(nc);
    return presence;
  }

  async announce(beat: () => BroadcasterBeat): Promise<() => Promise<void>> {
    let cancel: (() => void) | undefined;
    const say = (): void => this.#guard(() => this.#say({ beat: beat() }));
    const repeat = (): void => {
      say();
      cancel = this.#clock.schedule(BEAT_MS, repeat);
    };
    const asked = await orBusUnavailable(async () => this.#nc.subscribe(PRESENCE_ASK_SUBJECT, { callback: say }));
    // Whoever asks after this has resolved is answered.
    await flushed(this.#nc);
    repeat();
    return async () => {
      if (!cancel) return;
      cancel();
      cancel = undefined;
      asked.unsubscribe();
      this.#say({ left: beat().podId });
      // The process may end right after; a connection that is down has nobody to tell.
      await flushed(this.#nc, GOOD_BYE_MS).catch(() => undefined);
    };
  }

  present(): readonly BroadcasterBeat[] {
    return this.#roster.present();
  }

  discover(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const done = (): void => {
        cancel();
        this.#beatWaiters.delete(done);
        resolve();
      };
      const cancel = this.#clock.schedule(timeoutMs, done);
      this.#beatWaiters.add(done);
      this.#guard(() => this.#nc.publish(PRESENCE_ASK_SUBJECT));
    });
  }

  onChange(listener: () => void): () => void {
    const own = (): void => listener();
    this.#listeners.add(own);
    return () => void this.#listeners.delete(own);
  }

  onSilent(listener: (podId: string) => void): () => void {
    const own = (podId: string): void => listener(podId);
    this.#silenceListeners.add(own);
    return () => void this.#silenceListeners.delete(own);
  }

  /** Hears no more; the connection is the caller's. */
  close(): void {
    this.#listeners.clear();
    this.#silenceListeners.clear();
    if (!this.#nc.isClosed()) this.#subscription.unsubscribe();
  }

  #say(message: PresenceMessage): void {
    if (!this.#nc.isClosed()) this.#nc.publish(PRESENCE_SUBJECT, encodePresence(message));
  }

  #receive(error: Error | null, message: Msg): void {
    const heard = error ? undefined : parsePresence(message.string());
    if (!heard) return this.#observer.beatIgnored();
    const { changed, silent } =
      'left' in heard
        ? { changed: this.#roster.left(heard.left), silent: [] }
        : this.#roster.heard(heard.beat, this.#clock.now());
    if (changed) for (const listener of this.#listeners) this.#guard(listener);
    for (const podId of silent) for (const listener of this.#silenceListeners) this.#guard(() => listener(podId));
    if ('beat' in heard) for (const waiter of this.#beatWaiters) waiter();
  }

  /** An exception inside a subscription's callback would close the connection. */
  #guard(call: () => void): void {
    try {
      call();
    } catch (error) {
      this.#observer.listenerFailed(error);
    }
  }
}
