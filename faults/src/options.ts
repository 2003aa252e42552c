// The command line of `npm run faults`.
import { parseArgs } from 'node:util';
import { CLASSES, findClasses } from './classes/index.js';
import type { FaultClass } from './classes/fault-class.js';

export const USAGE = `npm run faults -- [--class X] [--runs N] [--injections N] [--seed S] [--json FILE] [--duration S]
               [--prove [BUG]] [--figures [NAME]] [--short] [--list]

  --class X       number or name of a class, several by commas, or all (default all)
  --runs N        runs per class, each with the next seed (default 1)
  --injections N  faults per run (default 5; slow classes 2)
  --seed S        the first run's seed (default 1)
  --duration S    goes on with further seeds until so many seconds have passed
  --json FILE     where each run's line is added (default faults/results/runs.jsonl)
  --report FILE   counts of passed and failed runs as JSON, for npm test
  --short         few injections: every class within minutes
  --bail          ends with the first run in which something is wrong
  --prove         plants known bugs one by one and fails unless each is found
  --figures       measures the figures of docs/reliability.md, all or those named
  --page          writes what was run (--json FILE) and measured into docs/reliability.md
  --list          names the classes
`;

export interface Options {
  readonly mode: 'run' | 'prove' | 'figures' | 'page' | 'list' | 'help';
  readonly classes: readonly FaultClass[];
  readonly runs: number;
  readonly injections: number | undefined;
  readonly seed: number;
  readonly durationS: number | undefined;
  readonly json: string;
  readonly report: string | undefined;
  readonly short: boolean;
  /** Ends with the first run in which something is wrong. */
  readonly bail: boolean;
  /** What follows: names of bugs or figures. */
  readonly names: readonly string[];
}

/** @throws Error with one sentence */
export function readOptions(args: readonly string[]): Options {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      class: { type: 'string', default: 'all' },
      runs: { type: 'string', default: '1' },
      injections: { type: 'string' },
      seed: { type: 'string', default: '1' },
      duration: { type: 'string' },
      json: { type: 'string', default: 'faults/results/runs.jsonl' },
      report: { type: 'string' },
      short: { type: 'boolean', default: false },
      bail: { type: 'boolean', default: false },
      prove: { type: 'boolean', default: false },
      figures: { type: 'boolean', default: false },
      page: { type: 'boolean', default: false },
      list: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const classes = findClasses(values.class);
  if (!classes) {
    throw new Error(`There is no class ${values.class}; there are ${CLASSES.map(({ name }) => name).join(', ')}.`);
  }
  const { json, report, short, bail } = values;
  return {
    mode: values.help
      ? 'help'
      : values.list
        ? 'list'
        : values.prove
          ? 'prove'
          : values.figures
            ? 'figures'
            : values.page
              ? 'page'
              : 'run',
    classes,
    runs: whole('runs', values.runs)!,
    injections: whole('injections', values.injections),
    seed: whole('seed', values.seed)!,
    durationS: whole('duration', values.duration),
    json,
    report,
    short,
    bail,
    names: positionals,
  };
}

function whole(name: string, text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/.test(text)) throw new Error(`--${name} must be a whole number above 0.`);
  return Number(text);
}
