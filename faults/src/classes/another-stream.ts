// Class 13: the bus stream is deleted and made anew, or goes back to an older copy of itself.
import { ensureEventStream } from '@vana/event-bus-nats';
import { EVENT_STREAM } from '@vana/events';
import { jetstreamManager } from '@nats-io/jetstream';
import { cpSync, rmSync } from 'node:fs';
import { readStream } from '../oracle/stored.js';
import type { Scene } from '../scene.js';
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

/** Written between the copy and the return to it: this is what is lost. */
const LOST_MS = 500;

export const anotherStream: FaultClass = {
  number: 13,
  name: 'another-stream',
  title: 'stream re-created, stream rolled back',
  world: 'single',
  load: { runSessions: 0, eventsPerSecond: 30 },
  allowed: { resets: ['epoch_changed', 'position_unknown'] },
  falseSilence: true,
  plan: (scene, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => {
      const recreated = random.chance(0.5);
      return {
        atMs,
        text: recreated ? 'delete the stream and make it anew' : 'take the stream back to an older copy',
        act: () => (recreated ? recreate(scene) : rollBack(scene)),
      };
    }),
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

async function rollBack(scene: Scene): Promise<void> {
  const { nats, folder } = scene.world;
  const copy = `${folder}/store-copy`;
  await scene.holdWriters(true);
  await nats!.kill('SIGTERM');
  rmSync(copy, { recursive: true, force: true });
  cpSync(nats!.storeDir, copy, { recursive: true });
  await nats!.restart();
  const copiedSeq = await scene.lastSeq();
  await scene.holdWriters(false);
  await sleep(LOST_MS);
  await scene.holdWriters(true);
  await scene.untilDelivered();
  const read = await readStream(scene.nats, scene.firstSeq);
  await nats!.kill('SIGKILL');
  rmSync(nats!.storeDir, { recursive: true, force: true });
  cpSync(copy, nats!.storeDir, { recursive: true });
  await nats!.restart();
  scene.beginLife(read, copiedSeq);
  await scene.holdWriters(false);
}
