// The gateway as a process of its own, on NATS and Redis.
import { createLogger, createRegistry, runService } from '@vana/observability';
import { createGateway } from './app.module.js';
import { connectAdapters } from './connect-adapters.js';
import { readGatewaySettings } from './settings.js';

await runService('gateway', async () => {
  const settings = readGatewaySettings(process.env);
  const logger = createLogger('gateway', settings.logLevel);
  const adapters = await connectAdapters(settings, logger, createRegistry('gateway'));
  try {
    const service = await createGateway(adapters.ports, settings);
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
