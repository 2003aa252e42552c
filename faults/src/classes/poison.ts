// Class 14: messages that are not ours: garbage in the stream, forged live copies, events that are too large.
import { EVENT_STREAM, eventSubject, liveSubject, SCHEMA_VERSION } from '@vana/events';
import { jetstream } from '@nats-io/jetstream';
import { headers, type MsgHdrs } from '@nats-io/transport-node';
import type { SessionWriter } from '../load/session-writer.js';
import type { Scene } from '../scene.js';
import { moments, type FaultClass } from './fault-class.js';

const TOO_LARGE = 257 * 1024;
const LARGEST = 250 * 1024;

type Poison = (scene: Scene, writer: SessionWriter) => Promise<void>;

const POISONS: Readonly<Record<string, Poison>> = {
  'garbage in the stream': (scene, writer) => store(scene, writer, 'not JSON \u0000', headers()),
  'garbage in the stream with our header': (scene, writer) => store(scene, writer, '{"type":', withPrev('0')),
  'an event of another session in the stream': (scene, writer) =>
    store(scene, writer, eventText(`other-${writer.session.sessionId}`), withPrev('1')),
  'an event without our header in the stream': (scene, writer) =>
    store(scene, writer, eventText(writer.session.sessionId), headers()),
  'a live copy without headers': async (scene, writer) => live(scene, writer, headers()),
  'a live copy of another stream': async (scene, writer) => live(scene, writer, liveHeaders('OTHER', '1', '0')),
  'a live copy with a sequence that is no number': async (scene, writer) =>
    live(scene, writer, liveHeaders(EVENT_STREAM, '-7', '0')),
  'a live copy from the future': async (scene, writer) => {
    const last = await scene.lastSeq();
    live(scene, writer, liveHeaders(EVENT_STREAM, String(last + 5_000), String(last + 4_000)));
  },
  'an event that is too large': (_, writer) => writer.mustRefuse(TOO_LARGE, 'event_too_large'),
  'the largest event': (_, writer) => writer.large(LARGEST),
};

function withPrev(prev: string): MsgHdrs {
  const own = headers();
  own.set('Vana-Prev', prev);
  return own;
}

function liveHeaders(stream: string, sequence: string, prev: string): MsgHdrs {
  const own = withPrev(prev);
  own.set('Nats-Stream', stream);
  own.set('Nats-Sequence', sequence);
  return own;
}

function eventText(sessionId: string): string {
  const event = { schemaVersion: SCHEMA_VERSION, type: 'x.faults.forged', channel: 'chat', sessionId, id: 'forged' };
  return JSON.stringify({ ...event, data: { forged: true }, createdAt: new Date().toISOString() });
}

async function store(scene: Scene, { session }: SessionWriter, text: string, own: MsgHdrs): Promise<void> {
  const { seq } = await jetstream(scene.nats).publish(eventSubject(session), text, { headers: own });
  scene.poison.add(seq);
}

function live(scene: Scene, { session }: SessionWriter, own: MsgHdrs): void {
  scene.nats.publish(liveSubject(session), eventText(session.sessionId), { headers: own });
}

export const poison: FaultClass = {
  number: 14,
  name: 'poison',
  title: 'poison, spoofed and oversized messages',
  world: 'single',
  falseSilence: true,
  plan: (scene, random, injections) =>
    moments(random, injections, 400).map((atMs) => {
      const name = random.pick(Object.keys(POISONS));
      const writer = random.pick(scene.writers);
      return { atMs, text: `${name}, to ${writer.key}`, act: () => POISONS[name]!(scene, writer) };
    }),
};
