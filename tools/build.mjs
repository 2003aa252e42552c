// Compiles what `npm start` and `npm run cluster` run, when a source has changed since the last time.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fail, root, say, seconds } from './bootstrap.mjs';

const STAMP = join(root, '.vana', 'built');
const CHAT = join(root, 'apps', 'chat');

/** @param node the Node to compile with */
export function build(node) {
  const digest = digestOfSources();
  if (isBuilt() && readStamp() === digest) return;
  say('Building …');
  const started = Date.now();
  const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
  const run = spawnSync(node, [tsc, '-b', 'services/standalone'], { cwd: root, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) fail('The build failed; what the compiler says is above.');
  buildChat(node);
  mkdirSync(join(root, '.vana'), { recursive: true });
  writeFileSync(STAMP, digest);
  say(`Built in ${seconds(started)} s.`);
}

/** The page that the gateway serves at `/`. */
export function buildChat(node) {
  const vite = join(root, 'node_modules', 'vite', 'bin', 'vite.js');
  const run = spawnSync(node, [vite, 'build', '--logLevel', 'error'], { cwd: CHAT, stdio: ['ignore', 2, 2] });
  if (run.status !== 0) fail('The chat page could not be built; what Vite says is above.');
}

function readStamp() {
  return existsSync(STAMP) ? readFileSync(STAMP, 'utf8') : undefined;
}

function isBuilt() {
  return [join(root, 'services', 'standalone'), CHAT].every((project) => existsSync(join(project, 'dist')));
}

function projects() {
  return ['libs', 'services', 'apps'].flatMap((folder) =>
    readdirSync(join(root, folder))
      .map((name) => join(root, folder, name))
      .filter((project) => existsSync(join(project, 'tsconfig.json'))),
  );
}

function digestOfSources() {
  const hash = createHash('sha256');
  const files = projects().flatMap((project) => [
    join(project, 'package.json'),
    join(project, 'tsconfig.json'),
    ...readdirSync(join(project, 'src'), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && !/\.(spec|itest)\.ts$/.test(entry.name))
      .map((entry) => join(entry.parentPath ?? entry.path, entry.name)),
  ]);
  const others = [join(root, 'tsconfig.base.json'), join(root, 'package-lock.json'), join(CHAT, 'index.html')];
  for (const file of [...others, join(CHAT, 'vite.config.js'), ...files.sort()]) {
    hash.update(file).update('\0').update(readFileSync(file)).update('\0');
  }
  return hash.digest('hex');
}
