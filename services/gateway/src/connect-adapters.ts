// The real servers behind the ports: NATS for commands, sessions and presence; Redis as a cache where there is one.
import { NatsPresence, connectNats, drainNats } from '@vana/event-bus-nats';
import { connectRedis } from '@vana/event-history-redis';
import { LocalCounters, RedisCounters } from '@vana/front-door';
import { systemClock, type Logger, type Registry } from '@vana/observability';
import { KvRevocationStore, KvSessionStore } from '@vana/session-store';
import { NatsOrchestratorCommands } from './commands/nats-orchestrator-commands.js';
import { AdapterTrouble } from './metrics/adapter-trouble.js';
import type { GatewayPorts } from './ports.js';
import type { GatewaySettings } from './settings.js';

export interface Adapters {
  readonly ports: GatewayPorts;
  /** After the service has closed. */
  close(): Promise<void>;
}

/** @throws VanaError bus_unavailable | store_unavailable | settings_invalid (REDIS_URL) */
export async function connectAdapters(
  {
    natsUrl,
    natsAccess,
    natsReplicas,
    redisUrl,
    redisTlsCa,
  }: Pick<GatewaySettings, 'natsUrl' | 'redisUrl'> & Partial<GatewaySettings>,
  logger: Logger,
  registry: Registry,
): Promise<Adapters> {
  const copies = natsReplicas === undefined ? {} : { replicas: natsReplicas };
  const trouble = new AdapterTrouble(registry, logger);
  const nats = await connectNats({ url: natsUrl, ...natsAccess, name: 'vana-gateway' });
  try {
    const redis =
      redisUrl === undefined
        ? undefined
        : await connectRedis(redisUrl, { tlsCa: redisTlsCa, onError: trouble.redisError });
    const sessions = await KvSessionStore.open(nats, { ...copies, redis, observer: trouble.store });
    const revocations = await KvRevocationStore.open(nats, { ...copies, observer: trouble.store });
    const presence = await NatsPresence.open(nats, systemClock, trouble.bus);
    const commands = NatsOrchestratorCommands.over(nats);
    const close = async (): Promise<void> => {
      presence.close();
      revocations.close();
      sessions.close();
      redis?.close();
      await drainNats(nats);
    };
    const counters = redis && new RedisCounters(redis, new LocalCounters(systemClock));
    return { ports: { commands, sessions, revocations, presence, counters, logger, registry }, close };
  } catch (error) {
    await nats.close();
    throw error;
  }
}
