// The broadcaster as a process of its own, on NATS and Redis.
import { createLogger, createRegistry, runService } from '@vana/observability';
import { connectAdapters } from './connect-adapters.js';
import { createBroadcaster } from './create-broadcaster.js';
import { readBroadcasterSettings } from './settings.js';

await runService('broadcaster', async () => {
  const settings = readBroadcasterSettings(process.env);
  const logger = createLogger('broadcaster', settings.logLevel);
  const adapters = await connectAdapters(settings, logger, createRegistry('broadcaster'));
  try {
    const service = await createBroadcaster(adapters.ports, settings);
    const close = async (): Promise<void> => {
      await service.close();
      await adapters.close();
    };
    return { ...service, close };
  } catch (error) {
    await adapters.close();
    throw error;
  }
});
