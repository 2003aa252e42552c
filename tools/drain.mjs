// `npm run drain`: ends one pod under thousands of readers and measures what they see of it.
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { prepare, root, toolEnvironment } from './bootstrap.mjs';
import { build } from './build.mjs';
import { ensurePrograms } from './programs.mjs';

const node = prepare();
build(node);
const env = toolEnvironment(ensurePrograms('nats-server', 'redis-server'));
const program = join(root, 'tools', 'drain', 'measure.mjs');
const child = spawn(node, [program, ...process.argv.slice(2)], { cwd: root, env, stdio: 'inherit' });
child.on('exit', (code) => process.exit(code ?? 130));
