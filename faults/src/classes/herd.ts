// Class 11: all readers lose their connection in the same moment and come back at once.
import { moments, type FaultClass } from './fault-class.js';

export const herd: FaultClass = {
  number: 11,
  name: 'herd',
  title: 'reconnect herd',
  world: 'single',
  load: { sessions: 4, clientsPerSession: 30, eventsPerSecond: 20 },
  plan: ({ world, clients }, random, injections) =>
    moments(random, injections, 1_500).map((atMs) => {
      const byServer = random.chance(0.3);
      return {
        atMs,
        text: byServer ? 'kill -9 all broadcasters' : `all ${clients.length} clients drop and come back at once`,
        act: async () => {
          if (!byServer) return clients.forEach((client) => client.drop(0));
          await Promise.all(world.broadcasters.map((pod) => pod.stop('SIGKILL')));
          await Promise.all(world.broadcasters.map((pod) => pod.start()));
        },
      };
    }),
};
