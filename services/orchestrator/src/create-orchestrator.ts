// Composition root: the orchestrator over the ports that it is given.
import { createServiceApp, listen, registerOps, type RunningService } from '@vana/observability';
import type { OrchestratorCommands } from '@vana/run-state';
import type { NatsAccess } from '@vana/settings';
import { AppModule } from './app.module.js';
import { NatsCommandServer } from './commands/nats-command-server.js';
import { RunCommands } from './commands/run-commands.js';
import { SessionCommands } from './commands/session-commands.js';
import type { OrchestratorPorts } from './ports.js';
import { LostRuns } from './runs/lost-runs.js';
import { RunCancel } from './runs/run-cancel.js';
import { DEFAULT_RUN_LIMITS, type RunLimits } from './runs/run-limits.js';
import { observeRunCounts, runTelemetry } from './runs/run-telemetry.js';
import { RunWorker } from './runs/run-worker.js';
import { SessionHold } from './runs/session-hold.js';
import type { OrchestratorSettings } from './settings.js';

export interface RunningOrchestrator extends RunningService {
  /** The commands in this process; over NATS the same ones are answered when `natsUrl` is given. */
  readonly commands: OrchestratorCommands;
}

/** What of the settings is used here; the rest is main.ts's. */
export type OrchestratorOptions = Pick<
  OrchestratorSettings,
  'HOST' | 'PORT' | 'RUNS_PER_POD' | 'RUN_LEASE' | 'SHUTDOWN_GRACE'
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
  const { commands, worker } = composeRuns(ports, limitsOf(settings));
  const onFault = (error: unknown): void => logger.error({ err: error }, 'command failed');
  const app = await createServiceApp(AppModule.register(commands, onFault), { logger });
  registerOps(app, { registry, ready });
  const server = natsUrl === undefined ? undefined : new NatsCommandServer({ url: natsUrl, ...natsAccess }, clock);
  if (server) app.connectMicroservice({ strategy: server });
  let closing: Promise<void> | undefined;
  const close = async (): Promise<void> => {
    await server?.close();
    await worker.close();
    await app.close();
  };
  try {
    const url = await listen(app, settings.HOST, settings.PORT);
    await app.startAllMicroservices();
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
    leaseMs: settings.RUN_LEASE,
    renewEveryMs: settings.RUN_LEASE / 3,
    shutdownGraceMs: settings.SHUTDOWN_GRACE * 1000,
  };
}

/** The plain part of the service. */
export function composeRuns(
  ports: OrchestratorPorts,
  limits: RunLimits,
): { commands: OrchestratorCommands; worker: RunWorker } {
  const observer = runTelemetry(ports.logger, ports.registry);
  const shared = { ...ports, limits, observer };
  const worker = new RunWorker(shared);
  observeRunCounts(ports.registry, () => worker.counts());
  const lost = new LostRuns(shared);
  const cancel = new RunCancel(shared, worker);
  const hold = new SessionHold(shared, lost, cancel);
  const runCommands = new RunCommands({ ...shared, leaseMs: limits.leaseMs, worker, hold, cancel, lost });
  const sessionCommands = new SessionCommands({ ...shared, cancel, lost });
  const commands: OrchestratorCommands = {
    startRun: (command) => runCommands.startRun(command),
    getRun: (command) => runCommands.getRun(command),
    cancelRun: (command) => runCommands.cancelRun(command),
    createSession: (command) => sessionCommands.createSession(command),
    getSession: (command) => sessionCommands.getSession(command),
    listSessions: (command) => sessionCommands.listSessions(command),
    deleteSession: (command) => sessionCommands.deleteSession(command),
    shareSession: (command) => sessionCommands.shareSession(command),
    unshareSession: (command) => sessionCommands.unshareSession(command),
  };
  return { commands, worker };
}
