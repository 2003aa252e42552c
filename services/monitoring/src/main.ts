// The service as a process of its own: settings from the environment, presence from NATS.
import { connectNats, NatsPresence } from '@vana/event-bus-nats';
import { createLogger, createRegistry, runService, systemClock } from '@vana/observability';
import { natsAccessFrom } from '@vana/settings';
import { createMonitoring } from './app.module.js';
import { readMonitoringSettings } from './settings.js';

const DISCOVER_MS = 1_000;

await runService('monitoring', async () => {
  const settings = readMonitoringSettings(process.env);
  const logger = createLogger('monitoring', settings.LOG_LEVEL);
  const registry = createRegistry('monitoring');
  const nats = await connectNats({ url: settings.NATS_URL, ...natsAccessFrom(settings), name: 'vana-monitoring' });
  const presence = await NatsPresence.open(nats, systemClock);
  await presence.discover(DISCOVER_MS);
  // A round trip: a connection that is being re-established looks open.
  const ready = () =>
    nats.rtt().then(
      () => ({ nats: 'up' as const }),
      () => ({ nats: 'down' as const }),
    );
  const service = await createMonitoring({ presence, logger, registry, ready }, settings);
  return {
    url: service.url,
    close: async () => {
      await service.close();
      await nats.close();
    },
  };
});
