// The real servers behind the ports: NATS for events, sessions and presence, Redis as a cache where there is one.
import { NatsEventLog, NatsPresence, connectNats, drainNats, ensureEventStream } from '@vana/event-bus-nats';
import { RedisEventHistory, connectRedis } from '@vana/event-history-redis';
import { LocalCounters, RedisCounters } from '@vana/front-door';
import { systemClock, type Logger, type Registry } from '@vana/observability';
import { KvRevocationStore, KvSessionStore } from '@vana/session-store';
import { AdapterTrouble } from './metrics/adapter-trouble.js';
import { NO_EVENT_HISTORY } from './no-event-history.js';
import type { BroadcasterPorts } from './ports.js';
import type { BroadcasterSettings } from './settings.js';

export interface Adapters {
  readonly ports: BroadcasterPorts;
  /** After the service has closed. */
  close(): Promise<void>;
}

/** @throws VanaError bus_unavailable | store_unavailable | stream_mismatch | settings_invalid (REDIS_URL) */
export async function connectAdapters(
  settings: BroadcasterSettings,
  logger: Logger,
  registry: Registry,
): Promise<Adapters> {
  const { natsUrl, natsAccess, natsReplicas, redisUrl, redisTlsCa, maxHistoryPerSession, sessionTtlMs } = settings;
  const copies = natsReplicas === undefined ? {} : { replicas: natsReplicas };
  const trouble = new AdapterTrouble(registry, logger);
  const nats = await connectNats({ url: natsUrl, ...natsAccess, name: 'vana-broadcaster' });
  try {
    await ensureEventStream(nats, copies);
    const redis =
      redisUrl === undefined
        ? undefined
        : await connectRedis(redisUrl, { tlsCa: redisTlsCa, onError: trouble.redisError });
    const limits = { maxEntries: maxHistoryPerSession, sessionTtlMs };
    const history = redis ? new RedisEventHistory(redis, limits) : NO_EVENT_HISTORY;
    const sessions = await KvSessionStore.open(nats, { ...copies, redis, observer: trouble.store });
    const revocations = await KvRevocationStore.open(nats, { ...copies, observer: trouble.store });
    const log = await NatsEventLog.open(nats, trouble.bus);
    const presence = await NatsPresence.open(nats, systemClock, trouble.bus);
    const close = async (): Promise<void> => {
      presence.close();
      log.close();
      revocations.close();
      sessions.close();
      redis?.close();
      await drainNats(nats);
    };
    const counters = redis && new RedisCounters(redis, new LocalCounters(systemClock));
    return { ports: { counters, log, history, sessions, revocations, presence, logger, registry }, close };
  } catch (error) {
    await nats.close();
    throw error;
  }
}
