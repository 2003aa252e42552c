// Measures the table of docs/reliability.md: all figures, or those that are named; the others keep their rows.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Say } from '../run-class.js';
import { ROOT, World } from '../world/world.js';
import { leaderKill, natsRestart } from './bus-restart.js';
import type { Figure, Row } from './figure.js';
import { herd } from './herd.js';
import { machineLine } from './machine.js';
import { podKill } from './pod-kill.js';
import { redisFlush } from './redis-flush.js';
import { slowReader } from './slow-reader.js';
import { soak } from './soak.js';

const FIGURES: readonly Figure[] = [podKill, natsRestart, redisFlush, slowReader, herd, leaderKill, soak];
/** Committed: what the page is made from. */
const FIGURES_FILE = join(ROOT, 'faults', 'results', 'figures.json');

interface Measured {
  readonly machine: string;
  readonly at: string;
  readonly rows: readonly Row[];
}

export type MeasuredFigures = Readonly<Record<string, Measured>>;

export async function measure(
  names: readonly string[],
  durationS: number | undefined,
  say: Say,
): Promise<readonly Row[]> {
  const chosen = FIGURES.filter(({ name }) => names.length === 0 || names.includes(name));
  const rows: Row[] = [];
  for (const figure of chosen) {
    say(`measuring ${figure.name} …`);
    const world = await World.start(figure.world);
    try {
      const measured = await figure.measure(world, durationS);
      rows.push(...measured);
      for (const { fault, figure: what, must, measured: value, holds } of measured) {
        say(`  ${fault}: ${what}: ${value} (must: ${must})${holds ? '' : '  DOES NOT HOLD'}`);
      }
      keep(figure.name, { machine: machineLine(), at: new Date().toISOString().slice(0, 10), rows: measured });
    } finally {
      await world.stop();
    }
  }
  return rows;
}

export function keptFigures(): MeasuredFigures {
  return existsSync(FIGURES_FILE) ? (JSON.parse(readFileSync(FIGURES_FILE, 'utf8')) as MeasuredFigures) : {};
}

/** In the order of the list above. */
function keep(name: string, measured: Measured): void {
  const all: Record<string, Measured> = { ...keptFigures(), [name]: measured };
  const ordered = FIGURES.flatMap((figure) => (all[figure.name] ? [[figure.name, all[figure.name]]] : []));
  writeFileSync(FIGURES_FILE, `${JSON.stringify(Object.fromEntries(ordered), null, 2)}\n`);
}
