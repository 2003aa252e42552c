// The same servers in containers, for machines with Docker (TEST_SERVERS=containers). Processes are the
// default: they start in 30 ms and can be frozen.
import type { GenericContainer, StartedTestContainer } from 'testcontainers';
import { freePort } from './free-port.js';
import type { NatsServer, RedisServer } from './server-handles.js';

const NATS_IMAGE = 'nats:2.12.3';
const REDIS_IMAGE = 'redis:7.2';
const NATS_PORT = 4222;
const REDIS_PORT = 6379;

export async function startNatsContainer(jetstream: boolean): Promise<NatsServer> {
  const storeDir = '/data';
  const command = jetstream ? ['-js', '-sd', storeDir] : [];
  const { port, ...control } = await start(NATS_IMAGE, NATS_PORT, 'Server is ready', (container) =>
    container.withCommand(command),
  );
  return { url: `nats://127.0.0.1:${port}`, port, storeDir, ...control };
}

export async function startRedisContainer(): Promise<RedisServer> {
  const { port, ...control } = await start(REDIS_IMAGE, REDIS_PORT, 'Ready to accept connections', (container) =>
    container.withCommand(['redis-server', '--save', '', '--appendonly', 'no']),
  );
  return { url: `redis://127.0.0.1:${port}`, port, ...control };
}

async function start(
  image: string,
  port: number,
  readyLine: string,
  prepare: (container: GenericContainer) => GenericContainer,
): Promise<Omit<RedisServer, 'url'>> {
  const { GenericContainer, Wait } = await import('testcontainers');
  // A fixed host port, so that the address outlives a restart.
  const hostPort = await freePort();
  const container: StartedTestContainer = await prepare(new GenericContainer(image))
    .withExposedPorts({ container: port, host: hostPort })
    .withWaitStrategy(Wait.forLogMessage(readyLine))
    .start();
  return {
    port: hostPort,
    kill: async (signal) => void (await container.stop({ remove: false, timeout: signal === 'SIGKILL' ? 0 : 10_000 })),
    restart: () => container.restart(),
    signal: () => {
      throw new Error('A container cannot be frozen: run the test with TEST_SERVERS unset.');
    },
    stop: async () => void (await container.stop({ timeout: 0 })),
  };
}
