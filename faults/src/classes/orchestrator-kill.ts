// Class 4: an orchestrator dies in the middle of runs, or sleeps for longer than its lease and wakes up.
import { sleep } from '../waiting.js';
import { moments, type FaultClass } from './fault-class.js';

/** World.start sets RUN_LEASE to 3,000. */
const LONGER_THAN_LEASE_MS = 4_500;

export const orchestratorKill: FaultClass = {
  number: 4,
  name: 'orchestrator-kill',
  title: 'orchestrator kill -9 or asleep, mid-run',
  world: 'single',
  load: { sessions: 2, runSessions: 4, runEvents: 800, clientsPerSession: 3 },
  plan: ({ world }, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => {
      const pod = random.pick(world.orchestrators);
      const dies = random.chance(0.6);
      return {
        atMs,
        text: dies ? `kill -9 ${pod.name}` : `${pod.name} sleeps for ${LONGER_THAN_LEASE_MS} ms`,
        act: async () => {
          if (dies) await pod.stop('SIGKILL');
          else {
            pod.signal('SIGSTOP');
            await sleep(LONGER_THAN_LEASE_MS);
            pod.signal('SIGCONT');
          }
          await pod.start();
        },
      };
    }),
};
