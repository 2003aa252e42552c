// The system at work for a long time, readers coming and going: memory and descriptors must not grow.
import { readFileSync, readdirSync } from 'node:fs';
import { sleep } from '../waiting.js';
import type { World } from '../world/world.js';
import { Crowd } from './crowd.js';
import type { Figure } from './figure.js';
import { percentile } from './percentile.js';

const DEFAULT_S = 1_200;
const SAMPLE_MS = 2_000;
const CHURN = 5;
const MIB = 1024 * 1024;

interface Sample {
  readonly bytes: number;
  readonly descriptors: number;
}

export const soak: Figure = {
  name: 'soak',
  world: 'single',
  measure: async (world, durationS = DEFAULT_S) => {
    const crowd = await Crowd.gather(world, { sessions: 20, readers: 200, eventsPerSecond: 5 });
    const samples = new Map<string, Sample[]>(world.services.map(({ name }) => [name, []]));
    try {
      for (const endMs = performance.now() + durationS * 1_000; performance.now() < endMs; await sleep(SAMPLE_MS)) {
        for (const { name, pid } of world.services) samples.get(name)!.push(sampleOf(pid));
        for (let n = 0; n < CHURN; n++) crowd.random.pick(crowd.readers).drop();
        for (const reader of crowd.readers) reader.blocks.splice(0, Math.max(0, reader.blocks.length - 10));
        crowd.published.splice(0);
      }
      return rowsOf(world, samples, durationS);
    } finally {
      await crowd.disband();
    }
  },
};

function rowsOf({ services }: World, samples: ReadonlyMap<string, readonly Sample[]>, durationS: number) {
  const growth = services.map(({ name }) => growthOf(samples.get(name)!.map(({ bytes }) => bytes)) / MIB);
  const descriptors = services.map(({ name }) => growthOf(samples.get(name)!.map((one) => one.descriptors)));
  const worst = Math.max(...growth);
  const most = Math.max(...descriptors);
  const fault = `soak of ${Math.round(durationS / 60)} minutes`;
  return [
    {
      fault,
      figure: 'memory after warm-up, the pod that grew most',
      must: '+ < 5 MiB',
      measured: `${worst.toFixed(1)} MiB`,
      holds: worst < 5,
    },
    {
      fault,
      figure: 'descriptors, the pod that grew most',
      must: 'flat',
      measured: String(Math.round(most)),
      holds: most <= CHURN,
    },
  ];
}

/** Median of the last fifth against that of the second fifth: the first one is warm-up. */
function growthOf(values: readonly number[]): number {
  const fifth = Math.ceil(values.length / 5);
  return percentile(values.slice(-fifth), 0.5) - percentile(values.slice(fifth, 2 * fifth), 0.5);
}

function sampleOf(pid: number): Sample {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const bytes = 1_024 * Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? NaN);
  return { bytes, descriptors: readdirSync(`/proc/${pid}/fd`).length };
}
