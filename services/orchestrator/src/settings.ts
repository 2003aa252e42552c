// What the orchestrator reads from the environment, once, in main.ts.
import { VanaError } from '@vana/events';
import {
  NATS_ACCESS_FIELDS,
  REDIS_TLS_FIELDS,
  count,
  milliseconds,
  portNumber,
  readSettings,
  seconds,
} from '@vana/settings';
import { z } from 'zod';

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber(8081),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  ...NATS_ACCESS_FIELDS,
  /** Copies of the bus stream and the buckets where they are made: 1, or 3 on a cluster of nats-servers. */
  NATS_REPLICAS: z
    .enum(['1', '3'])
    .transform((text): 1 | 3 => (text === '3' ? 3 : 1))
    .optional(),
  /** The cache in front of the session store; without it every look-up goes to JetStream. */
  REDIS_URL: z.string().optional(),
  ...REDIS_TLS_FIELDS,
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NODE_ENV: z.string().default('development'),
  RESEARCH_ENGINE: z.enum(['corpus', 'scripted']).default('corpus'),
  /** Folder with .md, .txt and .html files. */
  RESEARCH_CORPUS: z.string().optional(),
  /** Globs over file names, separated by commas (`readme*`); without it all readable files. */
  RESEARCH_CORPUS_NAMES: z.string().optional(),
  /** Runs that one pod works on at once; a start above that is refused. */
  RUNS_PER_POD: count(4),
  /** Milliseconds after which a run whose worker is silent counts as lost. */
  RUN_LEASE: milliseconds(15_000, 1_000),
  /** Seconds that running research is given to end by itself when the service stops. */
  SHUTDOWN_GRACE: seconds(5),
});

export { schema as orchestratorSettingsSchema };

export type OrchestratorSettings = z.output<typeof schema>;

/** @throws VanaError `settings_invalid`, naming every bad key at once */
export function readOrchestratorSettings(env: Readonly<Record<string, string | undefined>>): OrchestratorSettings {
  const settings = readSettings(schema, env);
  if (settings.RESEARCH_ENGINE === 'scripted' && settings.NODE_ENV === 'production') {
    throw invalid('RESEARCH_ENGINE', 'must not be scripted in production');
  }
  if (settings.RESEARCH_ENGINE === 'corpus' && settings.RESEARCH_CORPUS === undefined) {
    throw invalid('RESEARCH_CORPUS', 'is required by the corpus engine');
  }
  return settings;
}

function invalid(key: string, problem: string): VanaError {
  return new VanaError('settings_invalid', { details: { keys: [{ key, problem }] } });
}
