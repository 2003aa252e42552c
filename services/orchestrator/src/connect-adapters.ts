// The real adapters: NATS for events, sessions and runs, Redis in front of the sessions, the corpus on disk.
import { NatsEventLog, NatsEventPublisher, connectNats, drainNats, ensureEventStream } from '@vana/event-bus-nats';
import { RedisEventHistory, connectRedis } from '@vana/event-history-redis';
import type { SessionKey } from '@vana/events';
import { systemClock, type Logger, type ReadyChecks, type Registry } from '@vana/observability';
import { natsAccessFrom } from '@vana/settings';
import { KvRunStore, KvSessionStore, KvStepStore, NatsRunQueue } from '@vana/session-store';
import { openEngine } from './open-engine.js';
import type { OrchestratorPorts } from './ports.js';
import type { OrchestratorSettings } from './settings.js';

export interface ConnectedAdapters {
  readonly ports: OrchestratorPorts;
  /** After the service is closed. */
  close(): Promise<void>;
}

/** @throws VanaError corpus_missing | corpus_empty | bus_unavailable | store_unavailable | settings_invalid */
export async function connectAdapters(
  settings: OrchestratorSettings,
  logger: Logger,
  registry: Registry,
): Promise<ConnectedAdapters> {
  // First, because it needs no server to fail.
  const engine = await openEngine(settings);
  const copies = settings.NATS_REPLICAS === undefined ? {} : { replicas: settings.NATS_REPLICAS };
  const nats = await connectNats({ url: settings.NATS_URL, ...natsAccessFrom(settings), name: 'vana-orchestrator' });
  try {
    const maxAgeMs = settings.SESSION_RETENTION === undefined ? {} : { maxAgeMs: settings.SESSION_RETENTION * 1000 };
    await ensureEventStream(nats, { ...copies, ...maxAgeMs });
    const redis =
      settings.REDIS_URL === undefined
        ? undefined
        : await connectRedis(settings.REDIS_URL, { tlsCa: settings.REDIS_TLS_CA });
    const observer = { listenerFailed: (error: unknown) => logger.error({ err: error }, 'listener failed') };
    const log = await NatsEventLog.open(nats, observer);
    const publisher = await NatsEventPublisher.open(nats, observer);
    const sessions = await KvSessionStore.open(nats, { ...copies, redis, observer });
    const runs = await KvRunStore.open(nats, { ...copies, observer });
    const steps = await KvStepStore.open(nats, copies);
    const queue = await NatsRunQueue.open(nats, { ...copies, patienceMs: settings.RUN_LEASE });
    const ready = async (): Promise<ReadyChecks> => ({ nats: await isUp(nats.rtt()) });
    const close = async (): Promise<void> => {
      for (const adapter of [runs, sessions, publisher, log, redis]) adapter?.close();
      await drainNats(nats);
    };
    const history = redis && new RedisEventHistory(redis);
    const eraser = {
      erase: async (session: SessionKey): Promise<void> => {
        await publisher.erase(session);
        await history?.drop(session, log.epoch);
      },
    };
    const stores = { publisher, eraser, log, sessions, runs, steps, queue };
    return { ports: { ...stores, engine, logger, registry, clock: systemClock, ready }, close };
  } catch (error) {
    await nats.close();
    throw error;
  }
}

function isUp(answer: Promise<unknown>): Promise<'up' | 'down'> {
  return answer.then(
    () => 'up',
    () => 'down',
  );
}
