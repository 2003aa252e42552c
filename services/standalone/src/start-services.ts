// Composition of the whole system in one process: four services over one embedded bus, history and store.
// Streams go from the gateway to the broadcaster over loopback as they do between machines.
import { randomBytes } from 'node:crypto';
import { issueToken } from '@vana/access-token';
import { createBroadcaster, readBroadcasterSettings } from '@vana/broadcaster';
import { SCOPES } from '@vana/events';
import { createGateway, readGatewaySettings } from '@vana/gateway';
import {
  InMemoryBus,
  InMemoryEventHistory,
  InMemoryPresence,
  InMemoryRevocationStore,
  InMemoryRunQueue,
  InMemoryRunStore,
  InMemorySessionStore,
  InMemoryStepStore,
} from '@vana/in-memory';
import { createMonitoring, readMonitoringSettings } from '@vana/monitoring';
import { createLogger, createRegistry, systemClock, type RunningService } from '@vana/observability';
import { createOrchestrator, openCorpus, openEngine, readOrchestratorSettings } from '@vana/orchestrator';

export interface StandaloneSettings {
  readonly host: string;
  /** The gateway's port; orchestrator, broadcaster and monitoring take the next three. 0 takes free ones. */
  readonly port: number;
  readonly corpus: { readonly dir: string; readonly names?: string };
  /** As LOG_LEVEL of each service. */
  readonly logLevel: string;
  /** HS256 secret of the tokens; a random one by default, so no token outlives the process. */
  readonly secret?: string;
  /** The bus that the services share; one of their own by default. */
  readonly bus?: InMemoryBus;
}

export interface Standalone {
  readonly urls: {
    readonly gateway: string;
    readonly orchestrator: string;
    readonly broadcaster: string;
    readonly monitoring: string;
  };
  readonly documents: number;
  readonly secret: string;
  /** A token with all scopes for `sub`, valid for a day. */
  token(this: void, sub: string): Promise<string>;
  close(this: void): Promise<void>;
}

const TOKEN_LIFE_S = 24 * 3600;
const SECRET_BYTES = 32;

/** @throws VanaError corpus_missing, corpus_empty, port_in_use, settings_invalid */
export async function startServices(settings: StandaloneSettings): Promise<Standalone> {
  const secret = settings.secret ?? randomBytes(SECRET_BYTES).toString('base64url');
  const internalSecret = randomBytes(SECRET_BYTES).toString('base64url');
  const env = (offset: number) => ({
    ...process.env,
    HOST: settings.host,
    PORT: String(settings.port === 0 ? 0 : settings.port + offset),
    LOG_LEVEL: settings.logLevel,
    JWT_SECRET: secret,
    INTERNAL_JWT_SECRET: internalSecret,
    RESEARCH_CORPUS: settings.corpus.dir,
    // stdout belongs to the report.
    AUDIT_LOG: process.env['AUDIT_LOG'] ?? 'off',
    SHUTDOWN_GRACE: '0.5',
  });
  const gatewaySettings = readGatewaySettings(env(0));
  const orchestratorSettings = readOrchestratorSettings(env(1));
  const broadcasterSettings = readBroadcasterSettings(env(2));
  const monitoringSettings = readMonitoringSettings(env(3));
  const corpus = await openCorpus(settings.corpus);
  // stdout belongs to the report; log lines, if any, go to stderr.
  const watch = (service: string) => ({
    logger: createLogger(service, monitoringSettings.LOG_LEVEL, process.stderr),
    registry: createRegistry(service),
  });
  const bus = settings.bus ?? new InMemoryBus();
  const sessions = new InMemorySessionStore();
  const revocations = new InMemoryRevocationStore();
  const presence = new InMemoryPresence();
  const running: RunningService[] = [];
  const started = async <S extends RunningService>(starting: Promise<S>): Promise<S> => {
    const service = await starting;
    running.unshift(service);
    return service;
  };
  const close = async (): Promise<void> => {
    for (const service of running.splice(0)) await service.close();
  };

  try {
    const orchestrator = await started(
      createOrchestrator(
        {
          publisher: bus.publisher,
          eraser: bus.publisher,
          sessions,
          runs: new InMemoryRunStore(),
          queue: new InMemoryRunQueue(systemClock, orchestratorSettings.RUN_LEASE),
          steps: new InMemoryStepStore(),
          engine: await openEngine(orchestratorSettings, corpus),
          clock: systemClock,
          log: bus.log,
          ...watch('orchestrator'),
        },
        orchestratorSettings,
      ),
    );
    const broadcaster = await started(
      createBroadcaster(
        {
          log: bus.log,
          history: new InMemoryEventHistory(systemClock),
          sessions,
          revocations,
          presence,
          ...watch('broadcaster'),
        },
        broadcasterSettings,
      ),
    );
    const monitoring = await started(createMonitoring({ presence, ...watch('monitoring') }, monitoringSettings));
    const gateway = await started(
      createGateway(
        { commands: orchestrator.commands, sessions, revocations, presence, ...watch('gateway') },
        gatewaySettings,
      ),
    );
    return {
      urls: {
        gateway: gateway.url,
        orchestrator: orchestrator.url,
        broadcaster: broadcaster.url,
        monitoring: monitoring.url,
      },
      documents: corpus.stats.documents,
      secret,
      token: (sub) => issueToken(gatewaySettings.accessToken, { sub, scopes: SCOPES, expiresInS: TOKEN_LIFE_S }),
      close,
    };
  } catch (error) {
    await close();
    throw error;
  }
}
