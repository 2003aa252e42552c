// Which life of the bus stream this is. A stream that was deleted and made anew has another creation time. One
// that was taken back to an older copy (a restored backup, a power loss) has not, and hands out sequences a second
// time: whoever sees that stores a mark beside the stream, so that all pods agree on another life.
import { EVENT_STREAM, LIFE_STREAM, LIFE_SUBJECT } from '@vana/events';
import {
  JetStreamApiCodes,
  JetStreamApiError,
  type JetStreamClient,
  type JetStreamManager,
  type StreamInfo,
} from '@nats-io/jetstream';
import { createHash, randomUUID } from 'node:crypto';

/** The highest stored message that this process knows of. */
export interface KnownMessage {
  readonly seq: number;
  /** When it was stored; `undefined` when only its sequence was told. */
  readonly storedAtMs: number | undefined;
}

export interface StreamLife {
  readonly epoch: string;
  /** The stream's creation time, as the server writes it. */
  readonly created: string;
  /** Sequence of the mark; 0: there is none. */
  readonly markSeq: number;
}

interface Seen extends StreamLife {
  readonly info: StreamInfo;
}

const EPOCH_BYTES = 5;
/** A replica that is just becoming the leader may not have applied its last messages yet. */
const CONFIRM_MS = 500;
/** Times are told in nanoseconds, in two forms. */
const ROUNDING_MS = 1;

/**
 * The life as it stands, after a look at whether the stream still holds what it is known to have held.
 * @param current the life in which `known` was seen
 */
export async function readLifeAfter(
  jsm: JetStreamManager,
  js: JetStreamClient,
  current: StreamLife,
  known: KnownMessage,
): Promise<StreamLife> {
  const before = await readLife(jsm);
  if (isAnother(before, current) || !(await wentBack(jsm, before, current, known))) return before;
  await new Promise((resolve) => setTimeout(resolve, CONFIRM_MS).unref());
  const again = await readLife(jsm);
  if (isAnother(again, current) || !(await wentBack(jsm, again, current, known))) return again;
  await beginLife(jsm, js, again);
  return readLife(jsm);
}

/** Made anew, or marked by somebody else who has seen it go back. */
function isAnother(life: StreamLife, current: StreamLife): boolean {
  if (life.created !== current.created || life.markSeq > current.markSeq) return true;
  return life.markSeq === current.markSeq && life.epoch !== current.epoch;
}

export async function readLife(jsm: JetStreamManager): Promise<Seen> {
  const info = await jsm.streams.info(EVENT_STREAM);
  const message = await jsm.streams.getMessage(LIFE_STREAM, { last_by_subj: LIFE_SUBJECT }).catch((error: unknown) => {
    if (hasCode(error, JetStreamApiCodes.StreamNotFound)) return null;
    throw error;
  });
  const mark = message === null ? '' : `\n${message.string()}`;
  const hash = createHash('sha256').update(`${EVENT_STREAM}\n${info.created}${mark}`).digest();
  const epoch = hash.readUIntBE(0, EPOCH_BYTES).toString(36);
  return { info, created: info.created, epoch, markSeq: message?.seq ?? 0 };
}

async function wentBack(
  jsm: JetStreamManager,
  { info: { state }, markSeq }: Seen,
  current: StreamLife,
  known: KnownMessage,
): Promise<boolean> {
  // The mark goes back with its stream.
  if (markSeq < current.markSeq || state.last_seq < known.seq) return true;
  if (known.storedAtMs === undefined) return false;
  // It has grown past that sequence: is the message there the one that was there?
  const message = await jsm.streams.getMessage(EVENT_STREAM, { seq: known.seq });
  return message !== null && Math.abs(message.time.getTime() - known.storedAtMs) > ROUNDING_MS;
}

/** Of several pods that see the same, one stores its mark; the others are refused and read that one. */
async function beginLife(jsm: JetStreamManager, js: JetStreamClient, { info, markSeq }: Seen): Promise<void> {
  const { num_replicas, storage } = info.config;
  await jsm.streams.add({ name: LIFE_STREAM, subjects: [LIFE_SUBJECT], max_msgs: 1, num_replicas, storage });
  try {
    await js.publish(LIFE_SUBJECT, randomUUID(), { expect: { lastSubjectSequence: markSeq } });
  } catch (error) {
    const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
    if (!hasCode(error, StreamWrongLastSequence) && !hasCode(error, StreamWrongLastSequenceUnknown)) throw error;
  }
}

function hasCode(error: unknown, code: number): boolean {
  return error instanceof JetStreamApiError && error.code === code;
}
