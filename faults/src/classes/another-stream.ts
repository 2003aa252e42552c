// Class 13: the bus stream is deleted and made anew.
import { ensureEventStream } from '@vana/event-bus-nats';
import { EVENT_STREAM } from '@vana/events';
import { jetstreamManager } from '@nats-io/jetstream';
import { readStream } from '../oracle/stored.js';
import type { Scene } from '../scene.js';
import { moments, type FaultClass } from './fault-class.js';

export const anotherStream: FaultClass = {
  number: 13,
  name: 'another-stream',
  title: 'stream re-created',
  world: 'single',
  load: { runSessions: 0, eventsPerSecond: 30 },
  allowed: { resets: ['epoch_changed'] },
  falseSilence: true,
  plan: (scene, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => ({
      atMs,
      text: 'delete the stream and make it anew',
      act: () => recreate(scene),
    })),
};

async function recreate(scene: Scene): Promise<void> {
  await scene.holdWriters(true);
  const read = await readStream(scene.nats, scene.firstSeq);
  const jsm = await jetstreamManager(scene.nats, { checkAPI: false });
  await jsm.streams.delete(EVENT_STREAM);
  await ensureEventStream(scene.nats);
  scene.beginLife(read);
  await scene.holdWriters(false);
}
