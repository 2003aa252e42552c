// Runs a compiled program as if it were this one: same terminal, same exit code, stopped together with it.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { join } from 'node:path';
import { prepare, root } from './bootstrap.mjs';
import { build } from './build.mjs';

/** Installs and builds what is missing first. */
export function runBuilt(file) {
  const node = prepare();
  build(node);
  const child = spawn(node, [join(root, file), ...process.argv.slice(2)], {
    // npm changes into the workspace's root; paths on the command line mean the folder it was called from.
    cwd: process.env.INIT_CWD ?? process.cwd(),
    stdio: ['inherit', 'inherit', 'inherit', 'ipc'],
  });
  for (const signal of ['SIGINT', 'SIGTERM']) {
    process.on(signal, () => {
      // Ctrl-C reaches the child too; letting go of the channel says "stop" without saying it twice.
      if (child.connected) child.disconnect();
      else child.kill(signal);
    });
  }
  child.on('exit', (code, signal) => {
    process.exit(code ?? 128 + constants.signals[signal]);
  });
}
