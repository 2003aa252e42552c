// Readers that do not read: what each costs its pod, and what the others feel.
import { readFileSync } from 'node:fs';
import { sleep } from '../waiting.js';
import type { World } from '../world/world.js';
import { Crowd } from './crowd.js';
import { ms, type Figure } from './figure.js';
import { percentile } from './percentile.js';

const STALLED = 20;
const FLOOD_EVENTS = 150;
const FLOOD_BYTES = 20_000;
const MIB = 1024 * 1024;

export const slowReader: Figure = {
  name: 'slow-reader',
  world: 'single',
  measure: async (world) => {
    const crowd = await Crowd.gather(world, { sessions: 5, readers: 50, eventsPerSecond: 5 });
    try {
      // The same flood twice, without and with readers that stall: what is compared is the second against the first.
      await flood(crowd);
      const alone = await flood(crowd);
      const pod = world.broadcasters[0]!;
      const stalled = [];
      for (let n = 0; n < STALLED; n++) {
        const reader = await crowd.reader(crowd.sessions[0]!, () => pod.url);
        reader.start();
        stalled.push(reader);
      }
      await sleep(1_000);
      for (const reader of stalled) reader.stall(true);
      const beforeBytes = residentBytes(world);
      const crowded = await flood(crowd);
      const perReader = (residentBytes(world) - beforeBytes) / STALLED;
      for (const reader of stalled) reader.stop();
      const share = (100 * (crowded - alone)) / alone;
      const fault = `${STALLED} stalled readers, ${(FLOOD_EVENTS * FLOOD_BYTES) / 1e6} MB published to them`;
      return [
        {
          fault,
          figure: "its pod's memory, per stalled reader",
          must: '+ < 1 MiB',
          measured: `${(perReader / MIB).toFixed(2)} MiB`,
          holds: perReader < MIB,
        },
        {
          fault,
          figure: `others' live p99 against ${ms(alone)}`,
          must: '+ < 10 %',
          measured: `${share < 0 ? '−' : '+'} ${Math.abs(share).toFixed(0)} %`,
          holds: share < 10,
        },
      ];
    } finally {
      await crowd.disband();
    }
  },
};

/** @returns the others' live p99 meanwhile */
async function flood(crowd: Crowd): Promise<number> {
  const startedMs = performance.now();
  for (let n = 0; n < FLOOD_EVENTS; n++) {
    await crowd.publish(crowd.sessions[0]!, FLOOD_BYTES);
    await sleep(20);
  }
  await sleep(1_000);
  return percentile(crowd.latencies(performance.now() - startedMs), 0.99);
}

function residentBytes(world: World): number {
  const { pid } = world.broadcasters[0]!;
  return 1_024 * Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? NaN);
}
