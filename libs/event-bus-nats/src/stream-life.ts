// Which life of the bus stream this is. A stream that was deleted and made anew has another creation time. One
// that was taken back to an older copy (a restored backup, a power loss) has not, and hands out sequences a second
// time: whoever sees that marks the stream's description, so that all pods agree on another life.
import { EVENT_STREAM } from '@vana/events';
import type { JetStreamManager, StreamInfo } from '@nats-io/jetstream';
import { createHash, randomBytes } from 'node:crypto';

export interface StreamLife {
  readonly epoch: string;
  readonly lastSeq: number;
}

/** The highest stored message that this process knows of. */
export interface KnownMessage {
  readonly seq: number;
  /** When it was stored; `undefined` when only its sequence was told. */
  readonly storedAtMs: number | undefined;
}

const EPOCH_BYTES = 5;
const LIFE_MARK = /^life [0-9a-f]+$/;
/** Times are told in nanoseconds, in two forms. */
const ROUNDING_MS = 1;
const CONFIRM_MS = 500;
/** In which another pod, having seen the same, may write its mark over ours. */
const AGREE_MS = 300;

export async function readLife(jsm: JetStreamManager): Promise<StreamLife> {
  return lifeOf(await jsm.streams.info(EVENT_STREAM));
}

/** The same, after a look at whether the stream still holds what it is known to have held. */
export async function readLifeAfter(jsm: JetStreamManager, known: KnownMessage): Promise<StreamLife> {
  const before = await jsm.streams.info(EVENT_STREAM);
  if (!(await wentBack(jsm, before, known))) return lifeOf(before);
  // A replica that is just becoming the leader may not have applied its last messages yet.
  await pause(CONFIRM_MS);
  const again = await jsm.streams.info(EVENT_STREAM);
  const alreadyMarked = lifeOf(again).epoch !== lifeOf(before).epoch;
  if (alreadyMarked || !(await wentBack(jsm, again, known))) return lifeOf(again);
  await jsm.streams.update(EVENT_STREAM, { description: `life ${randomBytes(8).toString('hex')}` });
  await pause(AGREE_MS);
  return readLife(jsm);
}

async function wentBack(jsm: JetStreamManager, { state }: StreamInfo, known: KnownMessage): Promise<boolean> {
  if (known.seq === 0) return false;
  if (state.last_seq < known.seq) return true;
  if (known.storedAtMs === undefined) return false;
  // It has grown past that sequence: is the message there the one that was there?
  const message = await jsm.streams.getMessage(EVENT_STREAM, { seq: known.seq });
  return message !== null && Math.abs(message.time.getTime() - known.storedAtMs) > ROUNDING_MS;
}

function lifeOf({ created, config, state }: StreamInfo): StreamLife {
  const { description = '' } = config;
  const mark = LIFE_MARK.test(description) ? `\n${description}` : '';
  const hash = createHash('sha256').update(`${EVENT_STREAM}\n${created}${mark}`).digest();
  return { epoch: hash.readUIntBE(0, EPOCH_BYTES).toString(36), lastSeq: state.last_seq };
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms).unref());
}
