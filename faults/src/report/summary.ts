// All runs so far, added up by class: from the lines of the results file into a summary that is committed.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { CLASSES } from '../classes/index.js';
import type { RunResult } from '../run-class.js';
import { ROOT } from '../world/world.js';

export interface ClassSummary {
  readonly class: number;
  readonly runs: number;
  readonly injections: number;
  readonly stored: number;
  readonly delivered: number;
  /** Runs in which anything at all was wrong. */
  readonly failedRuns: number;
}

const SUMMARY_FILE = join(ROOT, 'faults', 'results', 'summary.json');

/** One result per class and seed counts: the last one. */
export function summarize(resultsFile: string): readonly ClassSummary[] {
  const lines = existsSync(resultsFile) ? readFileSync(resultsFile, 'utf8').split('\n') : [];
  const bySeed = new Map<string, RunResult>();
  for (const line of lines) {
    if (line === '') continue;
    const result = JSON.parse(line) as RunResult;
    bySeed.set(`${result.class}-${result.seed}`, result);
  }
  const results = [...bySeed.values()];
  return CLASSES.map(({ number }) => {
    const own = results.filter((result) => result.class === number);
    const sum = (count: 'injections' | 'stored' | 'delivered'): number =>
      own.reduce((total, result) => total + result[count], 0);
    return {
      class: number,
      runs: own.length,
      injections: sum('injections'),
      stored: sum('stored'),
      delivered: sum('delivered'),
      failedRuns: own.filter(({ faults }) => Object.keys(faults).length > 0).length,
    };
  });
}

export function keepSummary(summary: readonly ClassSummary[]): void {
  writeFileSync(SUMMARY_FILE, `${JSON.stringify(summary, null, 2)}\n`);
}

export function keptSummary(): readonly ClassSummary[] {
  return existsSync(SUMMARY_FILE) ? (JSON.parse(readFileSync(SUMMARY_FILE, 'utf8')) as ClassSummary[]) : [];
}
