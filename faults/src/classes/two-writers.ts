// Class 17: two processes write to one session at the same time, also the very same events.
import { moments, type FaultClass } from './fault-class.js';

export const twoWriters: FaultClass = {
  number: 17,
  name: 'two-writers',
  title: 'two writers on one session',
  world: 'single',
  plan: (scene, random, injections) =>
    moments(random, injections, 700).map((atMs, n) => {
      const writer = random.pick(scene.writers);
      const rivals = random.between(1, 3);
      const events = random.between(10, 60);
      return {
        atMs,
        text: `${rivals} more on ${writer.key}, ${events} events each, some of them the same`,
        act: async () => {
          const others = await Promise.all(
            Array.from({ length: rivals }, (_, r) => scene.rivalOf(writer, `w${n}-${r}-`)),
          );
          const same = others[0]!.draw(10);
          await Promise.all(
            others.map(async (other) => {
              await other.burst(events);
              for (const event of same) await other.publish(event);
            }),
          );
        },
      };
    }),
};
