// What every entry point does first, on the machine's own Node (≥ 20) and without a dependency: check Node,
// install the npm packages if they are not there, find the Node 24 that came with them.
// Progress goes to stderr: stdout belongs to the program that is started.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('..', import.meta.url));
const LEAST_NODE = 20;
const WANTED_NODE = 24;

export function say(sentence) {
  process.stderr.write(`${sentence}\n`);
}

/** For the foreseeable: one clear sentence and exit code 1, never a stack trace. */
export function fail(sentence) {
  say(sentence);
  process.exit(1);
}

/** @returns the path of the Node that everything else runs on */
export function prepare() {
  const major = Number(process.versions.node.split('.')[0]);
  if (major < LEAST_NODE) fail(`Node ${LEAST_NODE} or newer is needed; this is Node ${process.versions.node}.`);
  installPackages();
  return modernNode(major);
}

/** Environment in which `node` and every tool of node_modules/.bin are the ones that were installed. */
export function toolEnvironment(extra = {}) {
  const bin = join(root, 'node_modules', '.bin');
  return { ...process.env, ...extra, PATH: `${bin}${delimiter}${process.env.PATH ?? ''}` };
}

function installPackages() {
  const missing = missingPackages();
  if (missing === 0) return;
  say(`Installing npm packages (once) …`);
  const started = Date.now();
  const npm = process.env.npm_execpath;
  const [command, ...first] = npm?.endsWith('.js') ? [process.execPath, npm] : ['npm'];
  const run = spawnSync(
    command,
    [...first, 'ci', '--include=dev', '--include=optional', '--no-progress', '--loglevel=error'],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'inherit'],
      shell: command === 'npm' && process.platform === 'win32',
    },
  );
  if (run.error) fail('npm was not found: install npm (it comes with Node) and start again.');
  if (run.status !== 0) fail('npm could not install the packages; what it says is above.');
  say(`Installed in ${seconds(started)} s.`);
}

export function seconds(startedMs) {
  return ((Date.now() - startedMs) / 1000).toFixed(1);
}

/**
 * How many packages of package-lock.json are not installed at their version. npm writes what it installed to
 * node_modules/.package-lock.json, at the very end; so an interrupted install counts as none.
 */
function missingPackages() {
  const wanted = packagesOf(join(root, 'package-lock.json'));
  const present = packagesOf(join(root, 'node_modules', '.package-lock.json'));
  return Object.entries(wanted).filter(([path, entry]) => {
    if (!path.startsWith('node_modules/') && !path.includes('/node_modules/')) return false;
    if (entry.optional || entry.devOptional || entry.peer) return false;
    if (entry.link) return !existsSync(join(root, path));
    return present[path]?.version !== entry.version;
  }).length;
}

function packagesOf(lockFile) {
  return existsSync(lockFile) ? JSON.parse(readFileSync(lockFile, 'utf8')).packages : {};
}

function modernNode(major) {
  const installed = join(root, 'node_modules', '.bin', 'node');
  if (existsSync(installed)) return installed;
  if (major >= WANTED_NODE) return process.execPath;
  return fail(
    `Node ${WANTED_NODE} or newer is needed on ${process.platform}-${process.arch}, for which npm has no Node package ` +
      `of its own; this is Node ${process.versions.node}.`,
  );
}
