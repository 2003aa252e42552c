// Class 2: every service is replaced, pod by pod, as a deployment does it: SIGTERM, exit, start.
import { moments, type FaultClass } from './fault-class.js';

export const rollingRestart: FaultClass = {
  number: 2,
  name: 'rolling-restart',
  title: 'rolling restart of every service',
  world: 'single',
  cutsAllowed: false,
  plan: ({ world }, random, injections) => {
    const kinds = [world.broadcasters, world.gateways, world.orchestrators];
    const first = random.between(0, 2);
    const order = kinds.flatMap((_, n) => kinds[(first + n) % kinds.length]!);
    return moments(random, injections, 900).map((atMs, n) => {
      const pod = order[n % order.length]!;
      return {
        atMs,
        text: `replace ${pod.name}`,
        act: async () => {
          await pod.stop('SIGTERM');
          await pod.start();
        },
      };
    });
  },
};
