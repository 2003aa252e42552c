// The proof of the oracle: every planted bug must be found, by runs of the very same harness against the copy
// that has it. A harness that finds nothing wrong with a broken system proves nothing about a sound one.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { RunResult, Say } from '../run-class.js';
import { ROOT } from '../world/world.js';
import { PLANTED_BUGS, type PlantedBug } from './bugs.js';
import { plantedCopy } from './planted-copy.js';

/** Runs, each with another seed, before a bug counts as missed. */
const RUNS = 6;

/** @returns how many were found and missed */
export async function prove(
  names: readonly string[],
  seed: number,
  say: Say,
): Promise<{ found: number; missed: number }> {
  const bugs = PLANTED_BUGS.filter(({ name }) => names.length === 0 || names.includes(name));
  const tally = { found: 0, missed: 0 };
  for (const bug of bugs) {
    say(`planted: ${bug.name}: ${bug.what}`);
    const caught = await isFound(bug, seed);
    tally[caught === undefined ? 'missed' : 'found']++;
    say(
      caught === undefined ? '  NOT FOUND' : `  found in class ${caught.class}, seed ${caught.seed}: ${told(caught)}`,
    );
  }
  return tally;
}

async function isFound(bug: PlantedBug, seed: number): Promise<RunResult | undefined> {
  const copy = plantedCopy(ROOT, bug);
  const results = join(copy, 'results.jsonl');
  try {
    await harness(copy, [
      ...['--class', bug.classes, '--injections', String(bug.injections), '--seed', String(seed)],
      ...['--runs', String(RUNS), '--json', results, '--bail'],
    ]);
    if (!existsSync(results)) throw new Error(`The harness did not run against the copy with ${bug.name}.`);
    const lines = readFileSync(results, 'utf8').trim().split('\n');
    const runs = lines.map((line) => JSON.parse(line) as RunResult);
    return runs.find(({ faults }) => Object.keys(faults).some((kind) => kind !== 'not_run'));
  } finally {
    rmSync(copy, { recursive: true, force: true });
  }
}

function harness(copy: string, args: readonly string[]): Promise<void> {
  const child = spawn(process.execPath, [join(copy, 'faults', 'dist', 'main.js'), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const end = (): void => void child.kill('SIGTERM');
  process.once('exit', end);
  return new Promise((resolve) => {
    child.once('exit', () => {
      process.removeListener('exit', end);
      resolve();
    });
  });
}

function told({ faults, first }: RunResult): string {
  const counts = Object.entries(faults).map(([kind, count]) => `${count} ${kind}`);
  return `${counts.join(', ')} (${first[0]?.detail ?? ''})`;
}
