// Nest's NATS server with an end that loses no answer: it leaves the queue group, answers what it was given, closes.
import { ServerNats, type NatsContext, type WritePacket } from '@nestjs/microservices';
import type { Msg, NatsConnection, Subscription, SubscriptionOptions } from '@nats-io/transport-node';
import { connectNats, type NatsOptions } from '@vana/event-bus-nats';
import { ORCHESTRATOR_QUEUE } from '@vana/events';
import type { Clock } from '@vana/stream-core';

type BusAddress = Omit<NatsOptions, 'name'>;

interface Subscriber {
  subscribe(subject: string, options?: SubscriptionOptions): Subscription;
}

/** A command that hangs does not keep the pod. */
const ANSWER_PATIENCE_MS = 5_000;

export class NatsCommandServer extends ServerNats {
  readonly #nats: BusAddress;
  readonly #clock: Clock;
  readonly #subs: Subscription[] = [];
  #unanswered = 0;
  #onAnswered: () => void = () => undefined;

  constructor(nats: BusAddress, clock: Clock) {
    super({ queue: ORCHESTRATOR_QUEUE });
    this.#nats = nats;
    this.#clock = clock;
  }

  /** A connection of its own: it is closed with the server, while the runs still need theirs. */
  override createNatsClient(): Promise<NatsConnection> {
    return connectNats({ ...this.#nats, name: 'vana-orchestrator' });
  }

  override bindEvents(client: Subscriber): void {
    super.bindEvents({
      subscribe: (subject: string, options?: SubscriptionOptions): Subscription => {
        const subscription = client.subscribe(subject, options);
        this.#subs.push(subscription);
        return subscription;
      },
    });
  }

  override getPublisher(message: Msg, id: string, context: NatsContext): (response: WritePacket) => unknown {
    const publish = super.getPublisher(message, id, context) as (response: WritePacket) => unknown;
    this.#unanswered++;
    return (response) => {
      const published = publish(response);
      if (response.isDisposed && --this.#unanswered === 0) this.#onAnswered();
      return published;
    };
  }

  override async close(): Promise<void> {
    // A connection that is down has nothing to drain; its group has forgotten this pod already.
    await Promise.allSettled(this.#subs.splice(0).map((subscription) => subscription.drain()));
    if (this.#unanswered > 0) {
      await new Promise<void>((resolve) => {
        const cancelTimer = this.#clock.schedule(ANSWER_PATIENCE_MS, resolve);
        this.#onAnswered = () => {
          cancelTimer();
          resolve();
        };
      });
    }
    await super.close();
  }
}
