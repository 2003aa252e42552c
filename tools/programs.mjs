// Programs that do not come from npm, nats-server and redis-server above all: found on the machine, or installed.
import { spawnSync } from 'node:child_process';
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fail, say } from './bootstrap.mjs';

const PROGRAMS = [
  { program: 'nats-server', variable: 'NATS_SERVER_BIN', apt: 'nats-server', brew: 'nats-server' },
  { program: 'redis-server', variable: 'REDIS_SERVER_BIN', apt: 'redis-server', brew: 'redis' },
  { program: 'nginx', variable: 'NGINX_BIN', apt: 'nginx', brew: 'nginx' },
  { program: 'chromium', variable: 'CHROMIUM_BIN', apt: 'chromium', brew: 'chromium' },
  { program: 'python3', variable: 'PYTHON_BIN', apt: 'python3', brew: 'python' },
  { program: 'curl', variable: 'CURL_BIN', apt: 'curl', brew: 'curl' },
];
/** Debian keeps servers out of the PATH of ordinary users. */
const MORE_FOLDERS = ['/usr/sbin', '/usr/local/bin', '/usr/local/sbin', '/opt/homebrew/bin'];

/**
 * @param needed names of programs
 * @returns their absolute paths by variable (NATS_SERVER_BIN, …), to be passed on in the environment
 */
export function ensurePrograms(...needed) {
  const programs = PROGRAMS.filter(({ program }) => needed.includes(program));
  const missing = programs.filter((one) => find(one) === undefined);
  if (missing.length > 0) install(missing);
  return Object.fromEntries(programs.map((one) => [one.variable, find(one) ?? giveUp([one])]));
}

/** @returns the program's path, or undefined; installs nothing */
export function findProgram(program) {
  return find(PROGRAMS.find((one) => one.program === program) ?? { program, variable: '' });
}

function find({ program, variable }) {
  const named = process.env[variable];
  if (named) return isExecutable(named) ? named : fail(`${variable} does not name a program that can be run.`);
  const folders = [...(process.env.PATH ?? '').split(delimiter), ...MORE_FOLDERS];
  return folders.map((folder) => join(folder, program)).find(isExecutable);
}

function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function install(missing) {
  const names = missing.map((one) => one.program).join(' and ');
  if (process.platform === 'darwin' && isThere('brew')) {
    say(`Installing ${names} with brew …`);
    if (run('brew', ['install', ...missing.map((one) => one.brew)])) return;
  } else if (process.getuid?.() === 0 && isThere('apt-get')) {
    say(`Installing ${names} with apt-get …`);
    const packages = missing.map((one) => one.apt);
    // A stale package list is the usual reason for a failure, so it is refreshed first, every time.
    run('apt-get', ['update', '-qq']);
    if (run('apt-get', ['install', '-y', '-qq', '--no-install-recommends', ...packages])) return;
  }
  giveUp(missing);
}

function giveUp(missing) {
  const wishes = missing.map(({ program, variable }) => `${program} (or set ${variable} to where it is)`);
  fail(`Please install ${wishes.join(' and ')}: the tests and the cluster run with the real ones.`);
}

function isThere(program) {
  return spawnSync(program, ['--version'], { stdio: 'ignore' }).error === undefined;
}

function run(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  return spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'], env }).status === 0;
}
