// `npm run faults`: compiles what is missing and runs the fault harness; see faults/src/options.ts.
import { spawn, spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { fail, prepare, root, toolEnvironment } from './bootstrap.mjs';
import { build } from './build.mjs';
import { ensurePrograms } from './programs.mjs';

const node = prepare();
build(node);
const tsc = join(root, 'node_modules', 'typescript', 'bin', 'tsc');
if (spawnSync(node, [tsc, '-b', 'faults'], { cwd: root, stdio: ['ignore', 2, 2] }).status !== 0) {
  fail('The build failed; what the compiler says is above.');
}
const env = toolEnvironment(ensurePrograms('nats-server', 'redis-server'));
const child = spawn(node, [join(root, 'faults', 'dist', 'main.js'), ...process.argv.slice(2)], {
  cwd: root,
  env,
  stdio: 'inherit',
});
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal));
child.on('exit', (code) => process.exit(code ?? 130));
