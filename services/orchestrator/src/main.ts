// The orchestrator as a process of its own, on NATS and Redis.
import { createLogger, createRegistry, runService } from '@vana/observability';
import { natsAccessFrom } from '@vana/settings';
import { connectAdapters } from './connect-adapters.js';
import { createOrchestrator } from './create-orchestrator.js';
import { readOrchestratorSettings } from './settings.js';

await runService('orchestrator', async () => {
  const settings = readOrchestratorSettings(process.env);
  const logger = createLogger('orchestrator', settings.LOG_LEVEL);
  const adapters = await connectAdapters(settings, logger, createRegistry('orchestrator'));
  try {
    const service = await createOrchestrator(adapters.ports, settings, {
      natsUrl: settings.NATS_URL,
      natsAccess: natsAccessFrom(settings),
    });
    const close = async (): Promise<void> => {
      await service.close();
      await adapters.close();
    };
    return { url: service.url, close };
  } catch (error) {
    await adapters.close();
    throw error;
  }
});
