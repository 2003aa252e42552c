// One run of one class: schedule, load, verdict.
import type { FaultClass } from './classes/fault-class.js';
import { judgeScene } from './oracle/judge-scene.js';
import type { Finding } from './oracle/verdicts.js';
import { Scene } from './scene.js';
import type { World } from './world/world.js';

/** A line of the results file. */
export interface RunResult {
  readonly class: number;
  readonly name: string;
  readonly seed: number;
  readonly injections: number;
  readonly stored: number;
  readonly acknowledged: number;
  readonly delivered: number;
  readonly connections: number;
  readonly cuts: number;
  /** By kind; empty when nothing was wrong. */
  readonly faults: Readonly<Record<string, number>>;
  readonly first: readonly Finding[];
  readonly ms: number;
  readonly at: string;
}

export type Say = (line: string) => void;

export async function runClass(
  world: World,
  faultClass: FaultClass,
  seed: number,
  injections: number,
  say: Say,
): Promise<RunResult> {
  const startedMs = performance.now();
  const scene = await Scene.open(world, faultClass, seed);
  try {
    const plan = faultClass.plan(scene, scene.random.fork('plan'), injections);
    say(`class ${faultClass.number} ${faultClass.title}, seed ${seed}`);
    for (const { atMs, text } of plan) say(`  ${(atMs / 1_000).toFixed(2).padStart(6)} s  ${text}`);
    const stuck = await scene.play(plan);
    const { findings, ...counts } = await judgeScene(scene, stuck);
    const result: RunResult = {
      class: faultClass.number,
      name: faultClass.name,
      seed,
      injections: plan.length,
      ...counts,
      faults: Object.fromEntries(findings.counts),
      first: findings.first,
      ms: Math.round(performance.now() - startedMs),
      at: new Date().toISOString(),
    };
    say(`  ${sentenceOf(result)}`);
    for (const { kind, detail } of result.first) say(`    ${kind}: ${detail}`);
    return result;
  } finally {
    await scene.close();
    await world.heal();
  }
}

export function isGood({ faults }: RunResult): boolean {
  return Object.keys(faults).length === 0;
}

function sentenceOf(result: RunResult): string {
  const { injections, acknowledged, delivered, connections, ms } = result;
  const wrong = Object.entries(result.faults).map(([kind, count]) => `${count} ${kind}`);
  const verdict = wrong.length === 0 ? '0 lost, 0 duplicated, 0 out of order' : wrong.join(', ');
  return `${verdict}: ${injections} injections, ${acknowledged} events, ${delivered} deliveries, ${connections} connections, ${(ms / 1_000).toFixed(1)} s`;
}
