// A short-lived consumer on one session's exact subject: 3 ms to make, then hundreds of messages per
// round trip, and it knows how many there are from a position on.
import { EVENT_STREAM } from '@vana/events';
import {
  AckPolicy,
  DeliverPolicy,
  type Consumer,
  type JetStreamClient,
  type JetStreamManager,
} from '@nats-io/jetstream';
import { nanos } from '@nats-io/transport-node';
import { ofJsMsg, type StoredMessage } from './stored-message.js';

/** Messages asked for at once: bounds what the server queues for this connection. */
const FETCH_SIZE = 200;
const FETCH_PATIENCE_MS = 2_000;
const INACTIVE_MS = 10_000;

export class SessionCursor {
  readonly #consumer: Consumer;
  /** Messages from the start position to the subject's end, as one replica saw it when the cursor was made. */
  readonly count: number;

  private constructor(consumer: Consumer, count: number) {
    this.#consumer = consumer;
    this.count = count;
  }

  static async open(
    jsm: JetStreamManager,
    js: JetStreamClient,
    subject: string,
    fromSeq: number,
  ): Promise<SessionCursor> {
    const info = await jsm.consumers.add(EVENT_STREAM, {
      ack_policy: AckPolicy.None,
      deliver_policy: DeliverPolicy.StartSequence,
      opt_start_seq: Math.max(1, fromSeq),
      filter_subject: subject,
      inactive_threshold: nanos(INACTIVE_MS),
      mem_storage: true,
      num_replicas: 1,
    });
    return new SessionCursor(js.consumers.getConsumerFromInfo(info), info.num_pending);
  }

  /**
   * The next messages in order, up to `limit` and to `count` in all. Fewer when the connection lost some or
   * retention was faster: the caller goes on from the last one that it got.
   */
  async take(limit: number): Promise<StoredMessage[]> {
    const messages: StoredMessage[] = [];
    let left = Math.min(limit, this.count);
    while (left > 0) {
      const asked = Math.min(left, FETCH_SIZE);
      const got = await this.#fetch(asked);
      messages.push(...got);
      if (got.length < asked) break;
      left -= asked;
    }
    return messages;
  }

  /** The server drops an unused consumer by itself; this only spares it the wait. */
  close(): void {
    void this.#consumer.delete().catch(() => undefined);
  }

  async #fetch(count: number): Promise<StoredMessage[]> {
    const got: StoredMessage[] = [];
    let delivered = 0;
    for await (const message of await this.#consumer.fetch({ max_messages: count, expires: FETCH_PATIENCE_MS })) {
      const { deliverySequence } = message.info;
      if (delivered > 0 && deliverySequence !== delivered + 1) break;
      delivered = deliverySequence;
      got.push(ofJsMsg(message));
    }
    return got;
  }
}
