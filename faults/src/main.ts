// `npm run faults`: breaks the system while clients read, and tells whether anybody has missed anything.
import { CLASSES } from './classes/index.js';
import { measure } from './figures/measure.js';
import { readOptions, USAGE, type Options } from './options.js';
import { prove } from './prove/prove.js';
import { runAll } from './run-all.js';
import { writePage } from './report/page.js';
import { keepSummary, summarize } from './report/summary.js';
import { isGood } from './run-class.js';

// Each process of a world is killed with this one.
process.setMaxListeners(0);
const say = (line: string): void => void process.stdout.write(`${line}\n`);

const options = optionsOrLeave();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
process.exit(await main(options));

async function main(chosen: Options): Promise<number> {
  if (chosen.mode === 'help') say(USAGE);
  else if (chosen.mode === 'list') for (const { number, name, title } of CLASSES) say(`${number}\t${name}\t${title}`);
  else if (chosen.mode === 'page') page(chosen);
  else if (chosen.mode === 'figures') return figures(chosen);
  else if (chosen.mode === 'prove') return proof(chosen);
  else return run(chosen);
  return 0;
}

/** What was measured and run, into the page. */
function page({ json }: Options): void {
  keepSummary(summarize(json));
  writePage();
}

async function figures({ names, durationS }: Options): Promise<number> {
  const rows = await measure(names, durationS, say);
  const held = rows.filter(({ holds }) => holds).length;
  say(`${held} passed, ${rows.length - held} failed`);
  return held === rows.length && held > 0 ? 0 : 1;
}

async function proof({ names, seed }: Options): Promise<number> {
  const { found, missed } = await prove(names, seed, say);
  say(`${found} passed, ${missed} failed`);
  return missed === 0 && found > 0 ? 0 : 1;
}

async function run(chosen: Options): Promise<number> {
  const results = await runAll(chosen, say);
  const passed = results.filter(isGood).length;
  const sum = (count: 'injections' | 'acknowledged' | 'delivered'): number =>
    results.reduce((total, result) => total + result[count], 0);
  say(`${sum('injections')} injections, ${sum('acknowledged')} events, ${sum('delivered')} deliveries`);
  say(`${passed} passed, ${results.length - passed} failed`);
  return passed === results.length && passed > 0 ? 0 : 1;
}

function optionsOrLeave(): Options {
  try {
    return readOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`faults: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exit(2);
  }
}
