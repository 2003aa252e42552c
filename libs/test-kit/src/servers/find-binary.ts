// Where a server's program is: the environment's own choice, PATH, or the folders that a plain user's PATH lacks.
import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** @throws Error with one sentence that names what to install or set */
export function findBinary(name: 'nats-server' | 'redis-server' | 'nginx', variable: string): string {
  const chosen = process.env[variable];
  if (chosen) {
    if (isExecutable(chosen)) return chosen;
    throw new Error(`${variable} does not name an executable file.`);
  }
  const folders = [...(process.env.PATH ?? '').split(delimiter), '/usr/local/sbin', '/usr/sbin', '/opt/homebrew/bin'];
  for (const folder of folders) {
    const path = join(folder, name);
    if (folder !== '' && isExecutable(path)) return path;
  }
  throw new Error(
    `${name} was not found: install it (apt-get install ${name}), set ${variable} to its path, ` +
      'or set TEST_SERVERS=containers where Docker runs.',
  );
}

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
