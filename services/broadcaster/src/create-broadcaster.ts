// The service's life: listening, telling gateways where it is, going without losing anybody.
import { createServiceApp, listen, registerOps, type ReadyChecks, type RunningService } from '@vana/observability';
import { randomUUID } from 'node:crypto';
import { AppModule } from './app.module.js';
import { Broadcaster } from './broadcaster.js';
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
  const app = await createServiceApp(AppModule.register(settings.accessToken, broadcaster.parts), { logger });
  const { connections } = broadcaster;
  registerOps(app, { registry, ready: () => readiness(ports, connections.draining) });

  let url: string;
  let leave: () => Promise<void>;
  try {
    url = await listen(app, settings.host, settings.port);
    broadcaster.start();
    const podId = randomUUID();
    leave = await presence.announce(() => ({
      podId,
      url: settings.advertiseUrl ?? url,
      connections: connections.size,
      maxConnections: settings.maxConnections,
      draining: connections.draining,
    }));
  } catch (error) {
    broadcaster.stop();
    await app.close();
    throw error;
  }
  logger.info({ url }, 'broadcaster is listening');

  const close = async (): Promise<void> => {
    connections.drain();
    await leave().catch((error: unknown) => logger.warn({ err: error }, 'presence could not say good-bye'));
    const others = presence.present().some((pod) => !pod.draining && pod.url !== (settings.advertiseUrl ?? url));
    broadcaster.drain(others ? 'drain' : 'shutting_down');
    await atMost(DRAIN_MS, connections.empty());
    broadcaster.stop();
    await app.close();
    logger.info('broadcaster has closed');
  };
  let closing: Promise<void> | undefined;
  return { url, close: () => (closing ??= close()) };
}

/** History is a cache: without it the service is ready all the same. */
async function readiness({ log, sessions }: BroadcasterPorts, draining: boolean): Promise<ReadyChecks> {
  const up = (answer: Promise<unknown>): Promise<'up' | 'down'> =>
    answer.then(
      () => 'up',
      () => 'down',
    );
  const [bus, store] = await Promise.all([up(log.lastSeq(PROBE)), up(sessions.get(PROBE))]);
  return { bus, sessions: store, accepting: draining ? 'down' : 'up' };
}

async function atMost(limitMs: number, task: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, limitMs);
  });
  await Promise.race([task, limit]);
  clearTimeout(timer);
}
