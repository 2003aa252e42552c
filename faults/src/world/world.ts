// The system under test: real servers and every service as processes of their own, on lines that can be cut.
import { issueToken } from '@vana/access-token';
import {
  freePort,
  startNatsCluster,
  startNatsServer,
  startRedisServer,
  startTcpProxy,
  type NatsCluster,
  type NatsServer,
  type RedisServer,
  type TcpProxy,
} from '@vana/test-kit/servers';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { randomBytes } from 'node:crypto';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ServiceProcess } from './service-process.js';

/** The tree that the services are run from: the repository, or a copy of its built files. */
export const ROOT = resolve(import.meta.dirname, '../../..');
const SECRET = randomBytes(32).toString('base64url');
const TOKEN_S = 86_400;
/** Seconds. Clients' watchdogs wait for three of them. */
export const HEARTBEAT_S = 2;

/** `replicated`: three nats-servers, everything in three copies, no proxies. */
export type WorldShape = 'single' | 'replicated';

/** What a service's lines run through, in the single world. */
interface ServiceLines {
  readonly nats: TcpProxy;
  readonly redis: TcpProxy;
}

export class World {
  readonly gateways: ServiceProcess[] = [];
  readonly broadcasters: ServiceProcess[] = [];
  readonly orchestrators: ServiceProcess[] = [];
  /** Of the broadcasters, in their order; none in the replicated world. */
  readonly lines: ServiceLines[] = [];
  /** Of the orchestrators. */
  readonly orchestratorLines: ServiceLines[] = [];
  readonly #clockFile: string;

  private constructor(
    readonly shape: WorldShape,
    readonly folder: string,
    readonly nats: NatsServer | undefined,
    readonly cluster: NatsCluster | undefined,
    readonly redis: RedisServer,
  ) {
    this.#clockFile = join(folder, 'clock-shift');
  }

  static async start(shape: WorldShape, env: Readonly<Record<string, string>> = {}): Promise<World> {
    mkdirSync(join(ROOT, '.vana'), { recursive: true });
    const folder = mkdtempSync(join(ROOT, '.vana', 'faults-'));
    const nats = shape === 'single' ? await startNatsServer() : undefined;
    const cluster = shape === 'replicated' ? await startNatsCluster() : undefined;
    const world = new World(shape, folder, nats, cluster, await startRedisServer());
    try {
      await world.#startServices(env);
    } catch (error) {
      await world.stop();
      throw error;
    }
    return world;
  }

  get natsUrl(): string {
    return (this.nats ?? this.cluster)!.url;
  }

  get services(): ServiceProcess[] {
    return [...this.orchestrators, ...this.broadcasters, ...this.gateways];
  }

  get #allLines(): ServiceLines[] {
    return [...this.lines, ...this.orchestratorLines];
  }

  /** A connection of our own to the bus, apart from the services'. */
  connectNats(name: string): Promise<NatsConnection> {
    const servers = this.natsUrl.split(',');
    return connect({ servers, name, maxReconnectAttempts: -1, reconnectTimeWait: 100, timeout: 10_000 });
  }

  token(tenant: string, sub: string): Promise<string> {
    const settings = {
      key: { algorithm: 'HS256' as const, secret: SECRET },
      issuer: 'vana-stream',
      audience: 'vana-stream',
    };
    return issueToken(settings, {
      sub,
      tenant,
      scopes: ['sessions:read', 'sessions:write', 'runs:start'],
      expiresInS: TOKEN_S,
    });
  }

  /** Sets the wall clocks of these services so far off. */
  shiftClock(services: readonly ServiceProcess[], shiftMs: number): void {
    writeFileSync(this.#clockFile, String(shiftMs));
    for (const service of services) service.signal('SIGUSR2');
  }

  /** Everything runs, is awake and ready: what a fault has left behind is mended here. */
  async heal(): Promise<void> {
    for (const { nats, redis } of this.#allLines) {
      for (const line of [nats, redis]) {
        line.heal();
        line.accept();
      }
    }
    for (const service of this.services) service.signal('SIGCONT');
    await Promise.all(this.services.map((service) => service.start()));
  }

  async stop(): Promise<void> {
    for (const service of this.services) service.signal('SIGCONT');
    await Promise.all(this.services.map((service) => service.stop('SIGKILL')));
    await Promise.all(this.#allLines.flatMap(({ nats, redis }) => [nats.close(), redis.close()]));
    await Promise.all([this.nats?.stop('SIGKILL'), this.cluster?.stop(), this.redis.stop('SIGKILL')]);
    rmSync(this.folder, { recursive: true, force: true });
  }

  async #startServices(env: Readonly<Record<string, string>>): Promise<void> {
    const shared = {
      NATS_URL: this.natsUrl,
      REDIS_URL: this.redis.url,
      JWT_SECRET: SECRET,
      // Some clients go straight at a broadcaster.
      BROADCASTER_EXPOSED: 'yes',
      LOG_LEVEL: 'warn',
      RESEARCH_ENGINE: 'scripted',
      RUNS_PER_POD: '50',
      RUN_LEASE: '3000',
      SHUTDOWN_GRACE: '1',
      SSE_DRAIN_TIME: '1',
      SSE_HEARTBEAT_INTERVAL: String(HEARTBEAT_S),
      SSE_MAX_CONNECTIONS_PER_PRINCIPAL: '10000',
      NODE_ENV: 'test',
      NODE_OPTIONS: `--import=${join(import.meta.dirname, 'clock-shift.js')}`,
      FAULTS_CLOCK_FILE: this.#clockFile,
      ...(this.shape === 'replicated' ? { NATS_REPLICAS: '3' } : {}),
      ...env,
    };
    const add = async (to: ServiceProcess[], service: string, own: Record<string, string> = {}): Promise<void> => {
      const name = `${service}-${to.length + 1}`;
      const main = join(ROOT, 'services', service, 'dist', 'main.js');
      const logFile = join(this.folder, `${name}.log`);
      to.push(new ServiceProcess({ name, main, port: await freePort(), env: { ...shared, ...own }, logFile }));
    };
    for (let n = 0; n < 2; n++) {
      await add(this.orchestrators, 'orchestrator', await this.#lineSettings(this.orchestratorLines));
    }
    for (let n = 0; n < 3; n++) await add(this.broadcasters, 'broadcaster', await this.#lineSettings(this.lines));
    for (let n = 0; n < 2; n++) await add(this.gateways, 'gateway');
    await Promise.all(this.services.map((service) => service.start()));
  }

  async #lineSettings(to: ServiceLines[]): Promise<Record<string, string>> {
    if (!this.nats) return {};
    const lines = { nats: await startTcpProxy(this.nats.port), redis: await startTcpProxy(this.redis.port) };
    to.push(lines);
    return {
      NATS_URL: `nats://127.0.0.1:${lines.nats.port}`,
      REDIS_URL: `redis://127.0.0.1:${lines.redis.port}`,
    };
  }
}
