// A real nginx with a documented configuration file, its servers replaced by those of the test: loopback only,
// all of its files in a folder of its own, gone when the test is over.
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from './find-binary.js';
import { freePort } from './free-port.js';
import { ServerProcess } from './server-process.js';

export interface NginxOptions {
  /** File with `upstream` and `server` blocks, as it belongs into the http block. */
  readonly config: string;
  /** Addresses (`http://127.0.0.1:8080`) by upstream name; they replace the file's own. */
  readonly upstreams: Readonly<Record<string, readonly string[]>>;
}

export interface Nginx {
  readonly url: string;
  stop(): Promise<void>;
}

const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** @throws Error with one sentence when there is no nginx (PATH, NGINX_BIN) or it refuses the file */
export async function startNginx({ config, upstreams }: NginxOptions): Promise<Nginx> {
  const binary = findBinary('nginx', 'NGINX_BIN');
  const folder = await mkdtemp(join(tmpdir(), 'vana-nginx-'));
  await mkdir(join(folder, 'logs'));
  const port = await freePort();
  const site = join(folder, 'site.conf');
  await writeFile(site, forTest(await readFile(config, 'utf8'), upstreams, port));
  const main = join(folder, 'nginx.conf');
  await writeFile(main, mainConfig(folder, site));
  const server = new ServerProcess(binary, ['-p', folder, '-c', main, '-e', 'stderr']);
  await server.waitUntil(async () => {
    await fetch(`http://127.0.0.1:${port}/health/live`);
    return true;
  });
  return {
    url: `http://127.0.0.1:${port}`,
    stop: async () => {
      await server.stop();
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function mainConfig(folder: string, site: string): string {
  return [
    // As it is: no user to change to, in the foreground, ended with its test.
    'daemon off; master_process off; worker_processes 1; error_log stderr warn;',
    `pid ${join(folder, 'nginx.pid')};`,
    'events { worker_connections 512; }',
    'http {',
    '  access_log off;',
    ...TEMPORARY.map((name) => `  ${name}_temp_path ${join(folder, name)};`),
    `  include ${site};`,
    '}',
    '',
  ].join('\n');
}

/** The options behind an address (`max_fails=1 …`) stay as the file has them. */
function forTest(text: string, upstreams: NginxOptions['upstreams'], port: number): string {
  const listening = text.replace(/^(\s*)listen 80;/m, `$1listen 127.0.0.1:${port};`);
  return listening.replace(/upstream (\w+) \{([^}]*)\}/g, (_block, name: string, body: string) => {
    const options = /^\s*server \S+(.*);/m.exec(body)?.[1] ?? '';
    const addresses = upstreams[name];
    if (addresses === undefined) throw new Error(`No addresses are given for the upstream ${name}.`);
    const servers = addresses.map((url) => `    server ${new URL(url).host}${options};`);
    const rest = body.split('\n').filter((line) => !/^\s*server /.test(line));
    return `upstream ${name} {\n${rest.join('\n')}\n${servers.join('\n')}\n}`;
  });
}
