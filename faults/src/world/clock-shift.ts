// Loaded into every service before its own code: its wall clock can be set forward and back while it runs.
// SIGUSR2 makes it read the shift, in milliseconds, from the file that FAULTS_CLOCK_FILE names.
import { readFileSync } from 'node:fs';

const RealDate = Date;
let shiftMs = 0;

function shiftedNow(): number {
  return RealDate.now() + shiftMs;
}

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args: unknown[], newTarget) =>
    Reflect.construct(target, args.length === 0 ? [shiftedNow()] : args, newTarget) as object,
  apply: () => new RealDate(shiftedNow()).toString(),
  get: (target, key, receiver) => (key === 'now' ? shiftedNow : (Reflect.get(target, key, receiver) as unknown)),
});

const { FAULTS_CLOCK_FILE: file } = process.env;
if (file !== undefined) {
  process.on('SIGUSR2', () => {
    shiftMs = Number(readFileSync(file, 'utf8'));
  });
}
