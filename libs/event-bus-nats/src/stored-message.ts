// Bus messages as log entries. Headers can be repeated by whoever published; the server appends its own,
// so the last value is the one that counts.
import { CHANNELS, type SessionKey, type StoredEvent } from '@vana/events';
import type { LogEntry } from '@vana/stream-core';
import type { JsMsg, StoredMsg } from '@nats-io/jetstream';
import type { Msg, MsgHdrs } from '@nats-io/transport-node';

/** Sequence of the session's event before this one, as the publisher's compare-and-set has proven it. */
export const PREV_HEADER = 'Vana-Prev';
/** `<run id>/<token>`: the claim under which a run's event was published. */
export const CLAIM_HEADER = 'Vana-Claim';
export const MESSAGE_ID_HEADER = 'Nats-Msg-Id';
const SEQUENCE_HEADER = 'Nats-Sequence';
const TIME_HEADER = 'Nats-Time-Stamp';

/** One message as the stream holds it. */
export interface StoredMessage {
  readonly seq: number;
  readonly headers: MsgHdrs | undefined;
  readonly data: Uint8Array;
  readonly storedAtMs: number;
}

export function ofStoredMsg(message: StoredMsg): StoredMessage {
  return { seq: message.seq, headers: message.header, data: message.data, storedAtMs: message.time.getTime() };
}

export function ofJsMsg(message: JsMsg): StoredMessage {
  return { seq: message.seq, headers: message.headers, data: message.data, storedAtMs: message.time.getTime() };
}

/** A republished copy; `undefined` when it lacks the server's sequence. Old servers give no time: then it is now. */
export function ofLiveMsg(message: Msg): StoredMessage | undefined {
  const seq = sequenceIn(message.headers, SEQUENCE_HEADER);
  if (seq === undefined || seq === 0) return undefined;
  const time = Date.parse(message.headers?.last(TIME_HEADER) ?? '');
  return { seq, headers: message.headers, data: message.data, storedAtMs: Number.isNaN(time) ? Date.now() : time };
}

/** Sequence of the event before; `undefined` when the message was not published by ours. */
export function prevOf(message: StoredMessage): number | undefined {
  const prev = sequenceIn(message.headers, PREV_HEADER);
  return prev !== undefined && prev < message.seq ? prev : undefined;
}

export function claimOf(message: StoredMessage): { runId: string; token: string } | undefined {
  const [runId, token] = (message.headers?.last(CLAIM_HEADER) ?? '').split('/');
  return runId && token ? { runId, token } : undefined;
}

/** `undefined` when headers or body are not what our publishers write. */
export function toLogEntry(session: SessionKey, message: StoredMessage): LogEntry | undefined {
  const prev = prevOf(message);
  const event = parseEvent(message.data);
  if (prev === undefined || event?.sessionId !== session.sessionId) return undefined;
  return { seq: message.seq, prev, storedAtMs: message.storedAtMs, event };
}

function sequenceIn(headers: MsgHdrs | undefined, name: string): number | undefined {
  const text = headers?.last(name) ?? '';
  const value = /^\d{1,16}$/.test(text) ? Number(text) : NaN;
  return Number.isSafeInteger(value) ? value : undefined;
}

const decoder = new TextDecoder();

/** What readers rely on is checked; the rest was checked by the publisher and may be newer than we are. */
function parseEvent(data: Uint8Array): StoredEvent | undefined {
  try {
    const event = JSON.parse(decoder.decode(data)) as Partial<StoredEvent> | null;
    const usable =
      typeof event?.type === 'string' &&
      typeof event.id === 'string' &&
      typeof event.data === 'object' &&
      event.data !== null &&
      CHANNELS.some((channel) => channel === event.channel);
    return usable ? (event as StoredEvent) : undefined;
  } catch {
    return undefined;
  }
}
