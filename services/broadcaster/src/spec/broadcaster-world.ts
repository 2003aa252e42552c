// A whole broadcaster on a real port with embedded ports, a clock that the spec moves, and its clients.
import { developmentAccessTokenSettings, issueToken } from '@vana/access-token';
import type { Scope, SessionKey, StoredEvent } from '@vana/events';
import {
  InMemoryBus,
  InMemoryEventHistory,
  InMemoryPresence,
  InMemoryRevocationStore,
  InMemorySessionStore,
} from '@vana/in-memory';
import { createLogger, createRegistry, type RunningService } from '@vana/observability';
import { FakeClock, sampleEvent, sampleSession } from '@vana/test-kit';
import type { OutgoingHttpHeaders } from 'node:http';
import {
  createBroadcaster,
  readBroadcasterSettings,
  type BroadcasterPorts,
  type BroadcasterSettings,
} from '../index.js';
import { SseClient } from './sse-client.js';

/** Timers wait for the spec; deferred work runs when the event loop is through, as on the machine's clock. */
class ServerClock extends FakeClock {
  override defer(task: () => void): void {
    setImmediate(task);
  }
}

export interface WorldOptions {
  readonly settings?: Partial<BroadcasterSettings>;
  readonly ports?: (ports: BroadcasterPorts) => Partial<BroadcasterPorts>;
}

export class BroadcasterWorld {
  /** Tokens are checked against the machine's clock. */
  readonly clock = new ServerClock(Date.now());
  readonly bus = new InMemoryBus({ now: () => this.clock.now() });
  readonly sessions = new InMemorySessionStore();
  readonly revocations = new InMemoryRevocationStore();
  readonly presence = new InMemoryPresence();
  readonly registry = createRegistry('broadcaster');
  readonly tokens = developmentAccessTokenSettings();
  readonly settings: BroadcasterSettings;
  readonly ports: BroadcasterPorts;
  service!: RunningService;
  readonly #clients: SseClient[] = [];
  #published = 0;

  private constructor({ settings, ports }: WorldOptions) {
    const { key } = this.tokens;
    const secret = key.algorithm === 'HS256' ? key.secret : '';
    this.settings = {
      ...readBroadcasterSettings({ PORT: '0', JWT_SECRET: secret, BROADCASTER_EXPOSED: 'yes', AUDIT_LOG: 'off' }),
      ...settings,
    };
    const standard: BroadcasterPorts = {
      log: this.bus.log,
      history: new InMemoryEventHistory(this.clock),
      sessions: this.sessions,
      revocations: this.revocations,
      presence: this.presence,
      logger: createLogger('broadcaster', 'silent'),
      registry: this.registry,
      clock: this.clock,
    };
    this.ports = { ...standard, ...ports?.(standard) };
  }

  static async start(options: WorldOptions = {}): Promise<BroadcasterWorld> {
    const world = new BroadcasterWorld(options);
    world.service = await createBroadcaster(world.ports, world.settings);
    return world;
  }

  async close(): Promise<void> {
    for (const client of this.#clients) client.close();
    await this.service.close();
  }

  /** A session of `ada` in the tenant `acme`. */
  async session(overrides: Parameters<typeof sampleSession>[0] = {}): Promise<SessionKey> {
    const record = sampleSession(overrides);
    await this.sessions.create(record);
    return { tenant: record.tenant, sessionId: record.sessionId };
  }

  /** @returns the event's SSE id */
  async publish(session: SessionKey, message: unknown, overrides: Partial<StoredEvent> = {}): Promise<string> {
    const event = sampleEvent(session, `event-${++this.#published}`, { data: { message }, ...overrides });
    const { epoch, seq } = await this.bus.publisher.publish(session, event);
    return `${epoch}-${seq}`;
  }

  async publishAll(session: SessionKey, messages: readonly unknown[]): Promise<string[]> {
    const ids: string[] = [];
    for (const message of messages) ids.push(await this.publish(session, message));
    return ids;
  }

  async headers(
    sub = 'ada',
    { scopes = ['sessions:read'], tenant = 'acme', expiresInS = 3_600 }: Partial<TokenOptions> = {},
  ): Promise<OutgoingHttpHeaders> {
    return { authorization: `Bearer ${await issueToken(this.tokens, { sub, tenant, scopes, expiresInS })}` };
  }

  async open(path: string, headers?: OutgoingHttpHeaders, method?: string): Promise<SseClient> {
    const own = headers && 'authorization' in headers ? headers : { ...(await this.headers()), ...headers };
    const client = await SseClient.open(`${this.service.url}${path}`, own, method);
    this.#clients.push(client);
    return client;
  }

  /** Answer that is not a stream. */
  async ask(path: string, headers?: OutgoingHttpHeaders): Promise<{ status: number; body: unknown }> {
    const client = await this.open(path, headers);
    return { status: client.status, body: await client.json() };
  }

  /** Sum of a metric's samples that have these labels. */
  async metric(name: string, labels: Record<string, string> = {}): Promise<number> {
    const { values } = await this.registry.getSingleMetric(`vana_broadcaster_${name}`)!.get();
    return values
      .filter((sample) => Object.entries(labels).every(([key, value]) => sample.labels[key] === value))
      .reduce((sum, { value }) => sum + value, 0);
  }
}

interface TokenOptions {
  readonly scopes: readonly Scope[];
  readonly tenant: string;
  readonly expiresInS: number;
}
