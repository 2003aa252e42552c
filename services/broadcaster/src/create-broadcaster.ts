// The service's life: listening, telling gateways where it is, going without losing anybody.
import { FrontDoor } from '@vana/front-door';
import {
  createServiceApp,
  listen,
  registerOps,
  systemClock,
  type ReadyChecks,
  type RunningService,
} from '@vana/observability';
import { randomUUID } from 'node:crypto';
import { AppModule } from './app.module.js';
import { Broadcaster } from './broadcaster.js';
import { broadcasterDocument } from './http/openapi.js';
import type { BroadcasterPorts } from './ports.js';
import type { BroadcasterSettings } from './settings.js';

/** Until the pods' beats, asked for at the start of a drain, have come. */
const ANNOUNCE_MS = 200;
/** So long may the last bytes take to leave; then their sockets are cut. */
const LAST_BYTES_MS = 3_000;
const HISTORY_MS = 2_000;
/** What a close takes at most besides waiting for others and letting readers go. */
const CLOSE_REST_MS = 10_000;
/** Asked for only to see whether bus and store answer. */
const PROBE = { tenant: 'vana-readiness', sessionId: 'probe' };

/** @throws VanaError port_in_use | settings_invalid (unusable token key) */
export async function createBroadcaster(
  ports: BroadcasterPorts,
  settings: BroadcasterSettings,
): Promise<RunningService> {
  const { logger, presence, registry, clock = systemClock } = ports;
  const podId = randomUUID();
  const broadcaster = new Broadcaster(ports, settings, podId);
  const { connections } = broadcaster;
  let leaving = false;
  const closers: (() => Promise<unknown>)[] = [() => atMost(HISTORY_MS, broadcaster.stop())];
  try {
    const app = await buildApp(ports, settings, broadcaster);
    closers.push(() => app.close());
    const ready = () => readiness(ports, leaving);
    registerOps(app, { registry, ready, openapi: broadcasterDocument() });
    const url = await listen(app, settings.host, settings.port);
    broadcaster.start();
    const leave = await presence.announce(() => ({
      podId,
      url: settings.advertiseUrl ?? url,
      connections: connections.size,
      maxConnections: settings.maxConnections,
      draining: leaving,
    }));
    logger.info({ url }, 'broadcaster is listening');

    const close = async (): Promise<void> => {
      const quiet = (told: Promise<void>): Promise<void> =>
        told.catch((error: unknown) => logger.warn({ err: error }, 'presence could not be told'));
      leaving = true;
      // Asks for every pod's beat, this one's too: gateways hear of the drain now, and not with the next beat.
      await quiet(presence.discover(ANNOUNCE_MS));
      if (settings.preDrainMs > 0)
        await new Promise<void>((resolve) => void clock.schedule(settings.preDrainMs, resolve));
      const others = presence.present().some((pod) => pod.podId !== podId && !pod.draining);
      logger.info({ connections: connections.size }, 'broadcaster lets its readers go');
      await broadcaster.drain(others ? 'drain' : 'shutting_down');
      await atMost(LAST_BYTES_MS, connections.empty());
      await quiet(leave());
      for (const closer of closers) await closer();
      logger.info('broadcaster has closed');
    };
    let closing: Promise<void> | undefined;
    const closesWithinMs = settings.preDrainMs + settings.drainMs + CLOSE_REST_MS;
    return { url, closesWithinMs, close: () => (closing ??= close()) };
  } catch (error) {
    for (const closer of closers) await closer();
    throw error;
  }
}

/** An exposed broadcaster has a gateway's front door; the others hear from gateways only. */
async function buildApp(ports: BroadcasterPorts, settings: BroadcasterSettings, broadcaster: Broadcaster) {
  const { logger, counters } = ports;
  const module = (door?: FrontDoor) => AppModule.register(settings, ports.revocations, broadcaster.parts, door);
  if (!settings.exposed) return createServiceApp(module(), { logger });
  const { frontDoor, allowOrigins, demoMode } = settings;
  const options = { service: 'broadcaster', settings: frontDoor, logger, counters, authRequired: !demoMode };
  const door = await FrontDoor.open(options);
  broadcaster.auditTo(door.audit);
  const app = await door.build(module(door));
  app
    .getHttpAdapter()
    .getInstance()
    .addHook('onClose', async () => door.close());
  if (allowOrigins.length > 0) app.enableCors({ origin: [...allowOrigins], methods: ['GET'], maxAge: 600 });
  return app;
}

/** History is a cache: without it the service is ready all the same. */
async function readiness({ log, sessions }: BroadcasterPorts, leaving: boolean): Promise<ReadyChecks> {
  const up = (answer: Promise<unknown>): Promise<'up' | 'down'> =>
    answer.then(
      () => 'up',
      () => 'down',
    );
  const [bus, store] = await Promise.all([up(log.lastSeq(PROBE)), up(sessions.get(PROBE, { fresh: true }))]);
  return { bus, sessions: store, accepting: leaving ? 'down' : 'up' };
}

/** On the machine's clock: it bounds real sockets. */
async function atMost(limitMs: number, task: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([task, limit]);
  clearTimeout(timer);
}
