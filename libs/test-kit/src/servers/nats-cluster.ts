// Three nats-servers that form one JetStream cluster: streams with three replicas survive the death of any one.
import { connect } from '@nats-io/transport-node';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findBinary } from './find-binary.js';
import { freePort } from './free-port.js';
import type { NatsNode, NatsCluster } from './server-handles.js';
import { ServerProcess } from './server-process.js';

const NODES = 3;

/** @throws Error with one sentence when there is no nats-server or the cluster does not find a leader in time */
export async function startNatsCluster(): Promise<NatsCluster> {
  const binary = findBinary('nats-server', 'NATS_SERVER_BIN');
  const folder = await mkdtemp(join(tmpdir(), 'vana-nats-'));
  const ports = await Promise.all(Array.from({ length: 2 * NODES }, freePort));
  const routes = ports.slice(NODES).map((port) => `nats://127.0.0.1:${port}`);
  const start = (n: number): ServerProcess =>
    new ServerProcess(binary, [
      ...['-a', '127.0.0.1', '-p', String(ports[n]), '-n', nameOf(n), '-js', '-sd', join(folder, nameOf(n))],
      ...['--cluster_name', 'faults', '--cluster', routes[n]!, '--routes', routes.join(','), '--no_advertise'],
    ]);
  const untilAnswering = (server: ServerProcess, n: number): Promise<unknown> =>
    server.waitUntil(async () => ((await answers(ports[n]!)) ? true : undefined));
  const servers = ports.slice(0, NODES).map((_, n) => start(n));
  await Promise.all(servers.map(untilAnswering));
  const nodes = servers.map((_, n): NatsNode => ({
    name: nameOf(n),
    url: `nats://127.0.0.1:${ports[n]}`,
    kill: (signal = 'SIGTERM') => servers[n]!.stop(signal),
    restart: async () => {
      await servers[n]!.stop();
      servers[n] = start(n);
      await untilAnswering(servers[n], n);
    },
    signal: (signal) => servers[n]!.signal(signal),
  }));
  return {
    url: nodes.map(({ url }) => url).join(','),
    nodes,
    stop: async () => {
      await Promise.all(servers.map((server) => server.stop('SIGKILL')));
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function nameOf(n: number): string {
  return `node-${n + 1}`;
}

/** JetStream answers only once the cluster has elected its leader. */
async function answers(port: number): Promise<boolean> {
  const nc = await connect({ servers: `127.0.0.1:${port}`, reconnect: false, timeout: 1_000 });
  try {
    const answer = await nc.request('$JS.API.INFO', '', { timeout: 1_000 });
    return !('error' in answer.json<object>());
  } finally {
    await nc.close();
  }
}
