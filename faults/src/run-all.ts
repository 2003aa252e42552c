// Runs of the classes chosen, one world per shape, results added to a file as they come.
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import type { FaultClass } from './classes/fault-class.js';
import type { Options } from './options.js';
import { isGood, runClass, type RunResult, type Say } from './run-class.js';
import { World, type WorldShape } from './world/world.js';

const INJECTIONS = { usual: 5, slow: 2, short: 2, shortSlow: 1 };

export async function runAll(options: Options, say: Say): Promise<readonly RunResult[]> {
  const results: RunResult[] = [];
  const shapes = [...new Set(options.classes.map(({ world }) => world))];
  for (const shape of shapes) {
    const classes = options.classes.filter(({ world }) => world === shape);
    await runInWorld(shape, classes, options, say, results, (result) => {
      results.push(result);
      mkdirSync(dirname(options.json), { recursive: true });
      appendFileSync(options.json, `${JSON.stringify(result)}\n`);
      if (options.report !== undefined) writeReport(options.report, results);
    });
  }
  return results;
}

async function runInWorld(
  shape: WorldShape,
  classes: readonly FaultClass[],
  options: Options,
  say: Say,
  results: readonly RunResult[],
  take: (result: RunResult) => void,
): Promise<void> {
  say(`starting the ${shape} world …`);
  let world = await World.start(shape);
  const endMs = performance.now() + (options.durationS ?? 0) * 1_000;
  try {
    for (let run = 0; run < options.runs || performance.now() < endMs; run++) {
      for (const faultClass of classes) {
        const seed = options.seed + run;
        try {
          take(await runClass(world, faultClass, seed, injectionsOf(faultClass, options), say));
        } catch (error) {
          // The run itself failed: counted as such, and the next one gets a world that nothing has happened to.
          say(`  could not be run: ${error instanceof Error ? error.message : String(error)}`);
          take(failedRun(faultClass, seed, error));
          await world.stop();
          world = await World.start(shape);
        }
        if (options.bail && !isGood(results.at(-1)!)) return;
      }
    }
  } finally {
    await world.stop();
  }
}

function injectionsOf({ slow }: FaultClass, { injections, short }: Options): number {
  if (injections !== undefined) return injections;
  if (short) return slow ? INJECTIONS.shortSlow : INJECTIONS.short;
  return slow ? INJECTIONS.slow : INJECTIONS.usual;
}

function failedRun({ number, name }: FaultClass, seed: number, error: unknown): RunResult {
  const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const none = { injections: 0, stored: 0, acknowledged: 0, delivered: 0, connections: 0, cuts: 0, ms: 0 };
  const first = [{ kind: 'stuck' as const, detail }];
  return { class: number, name, seed, ...none, faults: { not_run: 1 }, first, at: new Date().toISOString() };
}

/** The counts of a jest report, which is what the test command adds up. */
function writeReport(file: string, results: readonly RunResult[]): void {
  const numPassedTests = results.filter(isGood).length;
  const rest = { numPendingTests: 0, numTodoTests: 0, numRuntimeErrorTestSuites: 0 };
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, JSON.stringify({ numPassedTests, numFailedTests: results.length - numPassedTests, ...rest }));
}
