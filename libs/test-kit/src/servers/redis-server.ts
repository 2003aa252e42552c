// A real redis-server for one spec file: its own port, nothing on disk, gone when the test is over.
import { connect } from 'node:net';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRedisContainer } from './containers.js';
import { findBinary } from './find-binary.js';
import { freePort } from './free-port.js';
import { type RedisServer } from './server-handles.js';
import { ServerProcess } from './server-process.js';

const ATTEMPTS = 5;

/** @throws Error with one sentence when there is no redis-server (PATH, REDIS_SERVER_BIN) or it does not come up */
export async function startRedisServer(options: { args?: readonly string[] } = {}): Promise<RedisServer> {
  if (process.env.TEST_SERVERS === 'containers') return startRedisContainer();
  const binary = findBinary('redis-server', 'REDIS_SERVER_BIN');
  const folder = await mkdtemp(join(tmpdir(), 'vana-redis-'));
  const start = async (port: number): Promise<ServerProcess> => {
    const args = ['--port', String(port), '--bind', '127.0.0.1', '--dir', folder, '--save', '', '--appendonly', 'no'];
    const server = new ServerProcess(binary, [...args, ...(options.args ?? [])]);
    await server.waitUntil(async () => ((await processIdAt(port)) === server.pid ? true : undefined));
    return server;
  };
  const [first, port] = await startOnFreePort(start);
  let server = first;
  return {
    url: `redis://127.0.0.1:${port}`,
    port,
    kill: (signal = 'SIGTERM') => server.stop(signal),
    restart: async () => {
      await server.stop();
      server = await start(port);
    },
    signal: (signal) => server.signal(signal),
    stop: async (signal = 'SIGTERM') => {
      await server.stop(signal);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Redis cannot pick a port itself: when somebody takes the free one first, Redis ends and another one is tried. */
async function startOnFreePort(start: (port: number) => Promise<ServerProcess>): Promise<[ServerProcess, number]> {
  for (let attempt = 1; ; attempt++) {
    const port = await freePort();
    try {
      return [await start(port), port];
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
    }
  }
}

/** The process id of the Redis that answers there: it could be another test's. */
function processIdAt(port: number): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    let answer = '';
    const socket = connect({ port, host: '127.0.0.1', timeout: 1_000 }, () => socket.write('INFO server\r\n'));
    socket.once('error', reject).once('timeout', () => socket.destroy(new Error('no answer')));
    socket.on('data', (chunk) => {
      answer += chunk.toString();
      const id = /process_id:(\d+)\r\n/.exec(answer)?.[1];
      if (id === undefined) return;
      socket.destroy();
      resolve(Number(id));
    });
  });
}
