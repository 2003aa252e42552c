// Class 6: of three nats-servers the stream's leader or a follower dies (kill -9) and comes back.
import { EVENT_STREAM } from '@vana/events';
import { jetstreamManager } from '@nats-io/jetstream';
import { persistently, sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

export const replicaKill: FaultClass = {
  number: 6,
  name: 'replica-kill',
  title: 'R3 leader and follower kill -9',
  world: 'replicated',
  slow: true,
  plan: ({ world, nats }, random, injections) =>
    moments(random, injections, 6_000, 1_500).map((atMs) => {
      const role = random.pick(['leader', 'follower'] as const);
      const awayMs = random.between(500, 3_000);
      return {
        atMs,
        text: `kill -9 the stream's ${role}, back after ${awayMs} ms`,
        act: async () => {
          const leader = await persistently(async () => {
            const jsm = await jetstreamManager(nats, { checkAPI: false });
            const name = (await jsm.streams.info(EVENT_STREAM)).cluster?.leader;
            if (name === undefined || name === '') throw new Error('the stream has no leader');
            return name;
          }, 30_000);
          const node = world.cluster!.nodes.find(({ name }) => (name === leader) === (role === 'leader'))!;
          await node.kill('SIGKILL');
          await sleep(awayMs);
          await node.restart();
        },
      };
    }),
};
