// A real nats-server for one spec file: its own port, its own storage, gone when the test is over.
import { connect } from '@nats-io/transport-node';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startNatsContainer } from './containers.js';
import { findBinary } from './find-binary.js';
import { type NatsServer } from './server-handles.js';
import { ServerProcess } from './server-process.js';

export interface NatsServerOptions {
  /** Default true. */
  readonly jetstream?: boolean;
  /** More command line arguments. */
  readonly args?: readonly string[];
}

/** @throws Error with one sentence when there is no nats-server (PATH, NATS_SERVER_BIN) or it does not come up */
export async function startNatsServer(options: NatsServerOptions = {}): Promise<NatsServer> {
  const jetstream = options.jetstream ?? true;
  if (process.env.TEST_SERVERS === 'containers') return startNatsContainer(jetstream);
  const binary = findBinary('nats-server', 'NATS_SERVER_BIN');
  const folder = await mkdtemp(join(tmpdir(), 'vana-nats-'));
  const storeDir = join(folder, 'store');
  const start = async (port: number): Promise<[ServerProcess, number]> => {
    const server = new ServerProcess(binary, [
      ...['-a', '127.0.0.1', '-p', String(port), '--ports_file_dir', folder],
      ...(jetstream ? ['-js', '-sd', storeDir] : []),
      ...(options.args ?? []),
    ]);
    const got = await server.waitUntil(async () => {
      // Port -1: the server picks a free one itself and writes it down, so nobody can take it in between.
      const bound = port > 0 ? port : await readPort(join(folder, `nats-server_${server.pid}.ports`));
      return (await answers(bound, jetstream)) ? bound : undefined;
    });
    return [server, got];
  };
  const [first, port] = await start(-1);
  let server = first;
  return {
    url: `nats://127.0.0.1:${port}`,
    port,
    storeDir,
    kill: (signal = 'SIGTERM') => server.stop(signal),
    restart: async () => {
      await server.stop();
      [server] = await start(port);
    },
    signal: (signal) => server.signal(signal),
    stop: async (signal = 'SIGTERM') => {
      await server.stop(signal);
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

async function readPort(file: string): Promise<number> {
  const ports = JSON.parse(await readFile(file, 'utf8')) as { nats: string[] };
  return Number(new URL(ports.nats[0]!).port);
}

async function answers(port: number, jetstream: boolean): Promise<boolean> {
  const nc = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 1_000 });
  try {
    if (jetstream) await nc.request('$JS.API.INFO', '', { timeout: 1_000 });
    return true;
  } finally {
    await nc.close();
  }
}
