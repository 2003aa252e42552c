// Single messages of the bus stream. Direct gets are answered by any replica, which may lag behind: what
// one of them does not find (or fails to answer) is asked of the stream's leader.
import { EVENT_STREAM } from '@vana/events';
import type { JetStreamManager, MsgRequest, NextMsgRequest, SeqMsgRequest } from '@nats-io/jetstream';
import { ofStoredMsg, type StoredMessage } from './stored-message.js';

export class StreamLookups {
  readonly #jsm: JetStreamManager;

  constructor(jsm: JetStreamManager) {
    this.#jsm = jsm;
  }

  /** The subject's first message at or after `seq`. */
  async nextAt(subject: string, seq: number): Promise<StoredMessage | undefined> {
    const query = { seq, next_by_subj: subject };
    return (await this.#direct(query)) ?? this.leaderNextAt(subject, seq);
  }

  async leaderNextAt(subject: string, seq: number): Promise<StoredMessage | undefined> {
    const query: SeqMsgRequest & NextMsgRequest = { seq, next_by_subj: subject };
    return this.#leader(query);
  }

  /** The subject's last message. */
  leaderLast(subject: string): Promise<StoredMessage | undefined> {
    return this.#leader({ last_by_subj: subject });
  }

  /** Message `seq` if it is the subject's. */
  async at(subject: string, seq: number): Promise<StoredMessage | undefined> {
    const message = await this.nextAt(subject, seq);
    return message?.seq === seq ? message : undefined;
  }

  async #direct(query: NextMsgRequest): Promise<StoredMessage | undefined> {
    const message = await this.#jsm.direct.getMessage(EVENT_STREAM, query).catch(() => null);
    return message ? ofStoredMsg(message) : undefined;
  }

  async #leader(query: MsgRequest): Promise<StoredMessage | undefined> {
    const message = await this.#jsm.streams.getMessage(EVENT_STREAM, query);
    return message ? ofStoredMsg(message) : undefined;
  }
}
