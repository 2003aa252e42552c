// Class 4: an orchestrator dies in the middle of runs, or sleeps or is cut off for
// longer than its lease and wakes up.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

/** World.start sets RUN_LEASE to 3,000. */
const LONGER_THAN_LEASE_MS = 4_500;

export const orchestratorKill: FaultClass = {
  number: 4,
  name: 'orchestrator-kill',
  title: 'orchestrator kill -9, asleep or cut off, mid-run',
  world: 'single',
  load: { sessions: 2, runSessions: 4, runEvents: 800, clientsPerSession: 3 },
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => {
      const n = random.between(0, world.orchestrators.length - 1);
      const pod = world.orchestrators[n]!;
      const line = world.orchestratorLines[n]!.nats;
      return random.pick([
        {
          atMs,
          text: `kill -9 ${pod.name}`,
          act: async () => {
            await pod.stop('SIGKILL');
            await pod.start();
          },
        },
        {
          atMs,
          text: `${pod.name} sleeps for ${LONGER_THAN_LEASE_MS} ms`,
          act: async () => {
            pod.signal('SIGSTOP');
            await sleep(LONGER_THAN_LEASE_MS);
            pod.signal('SIGCONT');
          },
        },
        {
          atMs,
          text: `${pod.name} hears nothing of NATS for ${LONGER_THAN_LEASE_MS} ms`,
          act: async () => {
            line.blackHole();
            await sleep(LONGER_THAN_LEASE_MS);
            line.heal();
          },
        },
      ]);
    }),
};
