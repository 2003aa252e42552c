// 2,000 readers lose their connection in one moment and come back at once.
import { sleep, until } from '../waiting.js';
import { Crowd } from './crowd.js';
import { ms, type Figure } from './figure.js';
import { percentile } from './percentile.js';

const READERS = 2_000;

export const herd: Figure = {
  name: 'herd',
  world: 'single',
  measure: async (world) => {
    const crowd = await Crowd.gather(world, { sessions: 50, readers: READERS, eventsPerSecond: 1 });
    try {
      await sleep(3_000);
      const startedMs = performance.now();
      for (const reader of crowd.readers) reader.drop(0);
      await until(() => crowd.readers.every(({ caughtUp }) => caughtUp), 60_000);
      const tookMs = performance.now() - startedMs;
      const meanwhile = crowd.published.filter(({ atMs }) => atMs >= startedMs && atMs <= startedMs + tookMs);
      const p99 = percentile(
        meanwhile.map((one) => one.tookMs),
        0.99,
      );
      const fault = `herd of ${READERS.toLocaleString('en')} reconnects`;
      return [
        { fault, figure: 'all resumed', must: '< 10 s', measured: ms(tookMs), holds: tookMs < 10_000 },
        {
          fault,
          figure: `publish p99 meanwhile (${meanwhile.length} events)`,
          must: '< 50 ms',
          measured: ms(p99),
          holds: p99 < 50,
        },
      ];
    } finally {
      await crowd.disband();
    }
  },
};
