// How long publishing and reading stand still when the bus is restarted, or its leader dies.
import { EVENT_STREAM } from '@vana/events';
import { jetstreamManager } from '@nats-io/jetstream';
import { sleep, until } from '../waiting.js';
import type { World } from '../world/world.js';
import { Crowd } from './crowd.js';
import { ms, type Figure, type Row } from './figure.js';

const ROUNDS = 3;
const SIZE = { sessions: 20, readers: 100, eventsPerSecond: 5 };

export const natsRestart: Figure = {
  name: 'nats-restart',
  world: 'single',
  measure: async (world) => {
    const crowd = await Crowd.gather(world, SIZE);
    try {
      const times: number[] = [];
      for (let n = 0; n < ROUNDS; n++) {
        await world.nats!.kill(n % 2 === 0 ? 'SIGTERM' : 'SIGKILL');
        await world.nats!.restart();
        times.push(await untilLive(crowd));
        await sleep(2_000);
      }
      const worst = Math.max(...times);
      const figure = 'every reader has a new event, after the server answers (worst of 3)';
      return [{ fault: 'NATS restart', figure, must: '< 3 s', measured: ms(worst), holds: worst < 3_000 }];
    } finally {
      await crowd.disband();
    }
  },
};

export const leaderKill: Figure = {
  name: 'leader-kill',
  world: 'replicated',
  measure: async (world) => {
    const crowd = await Crowd.gather(world, SIZE);
    try {
      const stalls: number[] = [];
      for (let n = 0; n < ROUNDS; n++) stalls.push(await stallOf(world, crowd));
      const worst = Math.max(...stalls);
      const rows: Row[] = [
        {
          fault: 'R3 leader kill -9',
          figure: 'longest time without an acknowledgement (worst of 3)',
          must: '< 12 s',
          measured: ms(worst),
          holds: worst < 12_000,
        },
      ];
      return rows;
    } finally {
      await crowd.disband();
    }
  },
};

/** Until every reader has got an event that was published from now on. */
async function untilLive(crowd: Crowd): Promise<number> {
  const sinceMs = performance.now();
  await until(() => crowd.readers.every(({ blocks }) => sentMs(blocks.at(-1)?.data) > sinceMs), 30_000, 5);
  return performance.now() - sinceMs;
}

function sentMs(data = ''): number {
  return Number(/"sentMs":([\d.]+)/.exec(data)?.[1] ?? 0);
}

async function stallOf(world: World, crowd: Crowd): Promise<number> {
  const jsm = await jetstreamManager(crowd.nats, { checkAPI: false, timeout: 5_000 });
  const { cluster } = await jsm.streams.info(EVENT_STREAM);
  const leader = world.cluster!.nodes.find(({ name }) => name === cluster?.leader)!;
  const sinceMs = performance.now();
  await leader.kill('SIGKILL');
  await sleep(15_000);
  const times = [
    sinceMs,
    ...crowd.published.map(({ atMs }) => atMs).filter((atMs) => atMs > sinceMs),
    performance.now(),
  ];
  await leader.restart();
  await sleep(4_000);
  return Math.max(...times.slice(1).map((atMs, n) => atMs - times[n]!));
}
