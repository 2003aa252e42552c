// Composition root: monitoring over the ports that it is given.
import { Module } from '@nestjs/common';
import {
  createServiceApp,
  listen,
  registerOps,
  type Logger,
  type ReadyChecks,
  type Registry,
  type RunningService,
} from '@vana/observability';
import type { Presence } from '@vana/routing';
import { observeBroadcasters } from './broadcasters/broadcaster-gauges.js';
import type { MonitoringSettings } from './settings.js';

export interface MonitoringPorts {
  readonly presence: Presence;
  readonly logger: Logger;
  readonly registry: Registry;
  /** What /health/ready looks at; the embedded adapters are always up. */
  readonly ready?: () => Promise<ReadyChecks>;
}

@Module({})
class MonitoringModule {}

/** Starts the service; resolves when it listens. @throws VanaError `port_in_use` */
export async function createMonitoring(
  { presence, logger, registry, ready = async () => ({}) }: MonitoringPorts,
  settings: MonitoringSettings,
): Promise<RunningService> {
  const app = await createServiceApp(MonitoringModule, { logger });
  observeBroadcasters(presence, registry);
  registerOps(app, { registry, ready });
  const url = await listen(app, settings.HOST, settings.PORT);
  return { url, close: () => app.close() };
}
