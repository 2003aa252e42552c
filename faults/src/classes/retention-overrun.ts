// Class 12: readers are away while retention takes the events that they have not had.
import { EVENT_STREAM, eventSubject } from '@vana/events';
import { jetstreamManager } from '@nats-io/jetstream';
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

const USUAL_LIMIT = 100_000;

export const retentionOverrun: FaultClass = {
  number: 12,
  name: 'retention-overrun',
  title: 'retention overrun',
  world: 'single',
  retention: true,
  load: { runSessions: 0 },
  plan: (scene, random, injections) =>
    moments(random, injections, 1_200).map((atMs) => {
      const kept = random.between(1, 40);
      const writer = random.pick(scene.writers);
      const awayMs = random.between(200, 900);
      const byLimit = random.chance(0.4);
      return {
        atMs,
        text: `readers away for ${awayMs} ms; ${byLimit ? 'all sessions keep' : `${writer.key} keeps`} ${kept} events`,
        act: async () => {
          const jsm = await jetstreamManager(scene.nats, { checkAPI: false });
          for (const client of scene.clients) if (random.chance(0.5)) client.drop(awayMs + random.between(0, 300));
          await sleep(awayMs);
          if (byLimit) {
            await jsm.streams.update(EVENT_STREAM, { max_msgs_per_subject: kept });
            await jsm.streams.update(EVENT_STREAM, { max_msgs_per_subject: USUAL_LIMIT });
          } else {
            await jsm.streams.purge(EVENT_STREAM, { filter: eventSubject(writer.session), keep: kept });
          }
        },
      };
    }),
};
