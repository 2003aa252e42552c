// Composition root: the orchestrator over the ports that it is given.
import { createServiceApp, listen, registerOps, type RunningService } from '@vana/observability';
import type { OrchestratorCommands } from '@vana/run-state';
import type { NatsAccess } from '@vana/settings';
import { AppModule } from './app.module.js';
import { NatsCommandServer } from './commands/nats-command-server.js';
import { composeRuns } from './compose-runs.js';
import type { OrchestratorPorts } from './ports.js';
import { DEFAULT_RUN_LIMITS, type RunLimits } from './runs/run-limits.js';
import type { OrchestratorSettings } from './settings.js';

export interface RunningOrchestrator extends RunningService {
  /** The commands in this process; over NATS the same ones are answered when `natsUrl` is given. */
  readonly commands: OrchestratorCommands;
}

/** What of the settings is used here; the rest is main.ts's. */
export type OrchestratorOptions = Pick<
  OrchestratorSettings,
  | 'HOST'
  | 'PORT'
  | 'RUNS_PER_POD'
  | 'RUNS_PER_PRINCIPAL'
  | 'RUN_QUEUE_LIMIT'
  | 'RUN_ATTEMPTS'
  | 'RUN_LEASE'
  | 'SHUTDOWN_GRACE'
>;

/**
 * Starts the service; resolves when it listens and, with `natsUrl`, answers commands in its queue group.
 * The ports stay the caller's to close, after `close()`.
 * @throws VanaError `port_in_use` | `bus_unavailable`
 */
export async function createOrchestrator(
  ports: OrchestratorPorts,
  settings: OrchestratorOptions,
  { natsUrl, natsAccess }: { natsUrl?: string; natsAccess?: NatsAccess | undefined } = {},
): Promise<RunningOrchestrator> {
  const { logger, registry, clock, ready = async () => ({}) } = ports;
  const runs = composeRuns(ports, limitsOf(settings));
  const { commands } = runs;
  const onFault = (error: unknown): void => logger.error({ err: error }, 'command failed');
  const app = await createServiceApp(AppModule.register(commands, onFault), { logger });
  registerOps(app, { registry, ready });
  const server = natsUrl === undefined ? undefined : new NatsCommandServer({ url: natsUrl, ...natsAccess }, clock);
  if (server) app.connectMicroservice({ strategy: server });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await server?.close();
    await runs.close();
    await app.close();
  };
  try {
    const url = await listen(app, settings.HOST, settings.PORT);
    await app.startAllMicroservices();
    runs.start();
    return { url, commands, close: () => (closing ??= close()) };
  } catch (error) {
    await close();
    throw error;
  }
}

function limitsOf(settings: OrchestratorOptions): RunLimits {
  return {
    ...DEFAULT_RUN_LIMITS,
    runsPerPod: settings.RUNS_PER_POD,
    runsPerPrincipal: settings.RUNS_PER_PRINCIPAL,
    queueLimit: settings.RUN_QUEUE_LIMIT,
    maxAttempts: settings.RUN_ATTEMPTS,
    leaseMs: settings.RUN_LEASE,
    renewEveryMs: settings.RUN_LEASE / 3,
    shutdownGraceMs: settings.SHUTDOWN_GRACE * 1000,
  };
}
