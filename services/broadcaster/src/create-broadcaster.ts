// The service's life: listening, telling gateways where it is, going without losing anybody.
import { createServiceApp, listen, registerOps, type ReadyChecks, type RunningService } from '@vana/observability';
import { randomUUID } from 'node:crypto';
import { AppModule } from './app.module.js';
import { Broadcaster } from './broadcaster.js';
import { broadcasterDocument } from './http/openapi.js';
import type { BroadcasterPorts } from './ports.js';
import type { BroadcasterSettings } from './settings.js';

/** A close is done within 5 s: so long may the last bytes take, the rest is for the server. */
const DRAIN_MS = 3_000;
/** Asked for only to see whether bus and store answer. */
const PROBE = { tenant: 'vana-readiness', sessionId: 'probe' };

/** @throws VanaError port_in_use | settings_invalid (unusable token key) */
export async function createBroadcaster(
  ports: BroadcasterPorts,
  settings: BroadcasterSettings,
): Promise<RunningService> {
  const { logger, presence, registry } = ports;
  const broadcaster = new Broadcaster(ports, settings);
  const { connections } = broadcaster;
  const closers: (() => Promise<unknown>)[] = [async () => broadcaster.stop()];
  try {
    const app = await createServiceApp(AppModule.register(settings.accessToken, broadcaster.parts), { logger });
    closers.push(() => app.close());
    const ready = () => readiness(ports, connections.draining);
    registerOps(app, { registry, ready, openapi: broadcasterDocument() });
    const url = await listen(app, settings.host, settings.port);
    broadcaster.start();
    const podId = randomUUID();
    const leave = await presence.announce(() => ({
      podId,
      url: settings.advertiseUrl ?? url,
      connections: connections.size,
      maxConnections: settings.maxConnections,
      draining: connections.draining,
    }));
    logger.info({ url }, 'broadcaster is listening');

    const close = async (): Promise<void> => {
      connections.drain();
      await leave().catch((error: unknown) => logger.warn({ err: error }, 'presence could not say good-bye'));
      const others = presence.present().some((pod) => pod.podId !== podId && !pod.draining);
      broadcaster.drain(others ? 'drain' : 'shutting_down');
      await atMost(DRAIN_MS, connections.empty());
      for (const closer of closers) await closer();
      logger.info('broadcaster has closed');
    };
    let closing: Promise<void> | undefined;
    return { url, close: () => (closing ??= close()) };
  } catch (error) {
    for (const closer of closers) await closer();
    throw error;
  }
}

/** History is a cache: without it the service is ready all the same. */
async function readiness({ log, sessions }: BroadcasterPorts, draining: boolean): Promise<ReadyChecks> {
  const up = (answer: Promise<unknown>): Promise<'up' | 'down'> =>
    answer.then(
      () => 'up',
      () => 'down',
    );
  const [bus, store] = await Promise.all([up(log.lastSeq(PROBE)), up(sessions.get(PROBE, { fresh: true }))]);
  return { bus, sessions: store, accepting: draining ? 'down' : 'up' };
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
