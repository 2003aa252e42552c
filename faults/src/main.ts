// `npm run faults`: breaks the system while clients read, and tells whether anybody has missed anything.
import { CLASSES } from './classes/index.js';
import { readOptions, USAGE, type Options } from './options.js';
import { runAll } from './run-all.js';
import { isGood } from './run-class.js';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

const options = optionsOrLeave();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(130));
process.exit(await main(options));

async function main(chosen: Options): Promise<number> {
  if (chosen.mode === 'help') say(USAGE);
  else if (chosen.mode === 'list') for (const { number, name, title } of CLASSES) say(`${number}\t${name}\t${title}`);
  else return run(chosen);
  return 0;
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
