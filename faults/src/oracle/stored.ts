// What the bus stream holds, read by a reader of our own: none of the code that serves readers is used.
import { EVENT_STREAM } from '@vana/events';
import { jetstream, jetstreamManager, type JsMsg } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { persistently } from '../waiting.js';
import { createHash } from 'node:crypto';

/** One stored message. */
export interface Stored {
  readonly seq: number;
  /** `<tenant>.<session>` */
  readonly session: string;
  /** Header `Vana-Prev`; `undefined` when it is not there or no number. */
  readonly prev: number | undefined;
  readonly messageId: string;
  readonly body: string;
}

export interface StreamRead {
  readonly epoch: string;
  readonly lastSeq: number;
  /** By session, ascending. */
  readonly sessions: ReadonlyMap<string, readonly Stored[]>;
}

const BATCH = 1_000;

/** Everything from `fromSeq` on. */
export async function readStream(nc: NatsConnection, fromSeq: number): Promise<StreamRead> {
  const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 2_000 });
  const { created, state } = await persistently(() => jsm.streams.info(EVENT_STREAM), 20_000);
  const sessions = new Map<string, Stored[]>();
  if (state.last_seq >= fromSeq && state.messages > 0) {
    await eachMessage(nc, Math.max(fromSeq, 1), state.last_seq, (message) => {
      const stored = storedOf(message);
      const list = sessions.get(stored.session);
      if (list) list.push(stored);
      else sessions.set(stored.session, [stored]);
    });
  }
  return { epoch: epochOf(created), lastSeq: state.last_seq, sessions };
}

async function eachMessage(
  nc: NatsConnection,
  fromSeq: number,
  toSeq: number,
  visit: (message: JsMsg) => void,
): Promise<void> {
  const consumer = await jetstream(nc).consumers.get(EVENT_STREAM, { opt_start_seq: fromSeq });
  for (let reached = fromSeq - 1; reached < toSeq;) {
    let pending = 0;
    for await (const message of await consumer.fetch({ max_messages: BATCH, expires: 2_000 })) {
      pending = message.info.pending;
      if (message.seq > toSeq) break;
      visit(message);
      reached = message.seq;
    }
    if (pending === 0) break;
  }
  await consumer.delete();
}

function storedOf(message: JsMsg): Stored {
  const prev = message.headers?.last('Vana-Prev') ?? '';
  return {
    seq: message.seq,
    session: message.subject.split('.').slice(2).join('.'),
    prev: /^\d+$/.test(prev) ? Number(prev) : undefined,
    messageId: message.headers?.last('Nats-Msg-Id') ?? '',
    body: message.string(),
  };
}

/** A short hash of the stream's name and its creation time. */
function epochOf(created: string): string {
  return createHash('sha256').update(`${EVENT_STREAM}\n${created}`).digest().readUIntBE(0, 5).toString(36);
}
