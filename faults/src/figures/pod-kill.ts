// A broadcaster dies under 1,000 readers, and then every service is replaced: how long readers are without a stream.
import { sleep, until } from '../waiting.js';
import { Crowd, resumeTimes } from './crowd.js';
import { ms, type Figure, type Row } from './figure.js';
import { percentile } from './percentile.js';

const KILLS = 3;
const RESUME_MS = 20_000;

export const podKill: Figure = {
  name: 'pods',
  world: 'single',
  measure: async (world) => {
    const crowd = await Crowd.gather(world, { sessions: 30, readers: 1_000, eventsPerSecond: 2 });
    try {
      const killed: number[] = [];
      for (let n = 0; n < KILLS; n++) {
        killed.push(...(await after(crowd, () => world.broadcasters[n]!.stop('SIGKILL').then(() => undefined))));
        await world.broadcasters[n]!.start();
      }
      const cutsBefore = crowd.readers.reduce((sum, { cuts }) => sum + cuts, 0);
      const replaced: number[] = [];
      for (const pod of world.services) {
        replaced.push(...(await after(crowd, () => pod.stop('SIGTERM').then(() => undefined))));
        await pod.start();
        await sleep(500);
      }
      const untold = crowd.readers.reduce((sum, { cuts }) => sum + cuts, 0) - cutsBefore;
      return [
        row('broadcaster kill -9, 1,000 readers', `resumed p99 (${killed.length} readers cut)`, 2_000, killed),
        row('rolling restart, 1,000 readers', `reader's gap p99 (${replaced.length} readers moved)`, 3_000, replaced),
        {
          fault: 'rolling restart, 1,000 readers',
          figure: 'cut without `closing`',
          must: '0',
          measured: String(untold),
          holds: untold === 0,
        },
      ];
    } finally {
      await crowd.disband();
    }
  },
};

async function after(crowd: Crowd, fault: () => Promise<void>): Promise<number[]> {
  const sinceMs = performance.now();
  await fault();
  await until(() => resumeTimes(crowd.readers, sinceMs).every((time) => time !== undefined), RESUME_MS);
  return resumeTimes(crowd.readers, sinceMs).map((time) => time ?? Infinity);
}

function row(fault: string, figure: string, limitMs: number, times: readonly number[]): Row {
  const p99 = percentile(times, 0.99);
  return { fault, figure, must: `< ${ms(limitMs)}`, measured: ms(p99), holds: p99 < limitMs };
}
