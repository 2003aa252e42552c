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
import { LLM_FIELDS } from './llm-engine/llm-settings.js';

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
  /** `auto`: a language model where LLM_BASE_URL names one, else the corpus by itself. */
  RESEARCH_ENGINE: z.enum(['auto', 'corpus', 'llm', 'scripted']).default('auto'),
  /** Folder with .md, .txt and .html files. */
  RESEARCH_CORPUS: z.string().optional(),
  /** Globs over file names, separated by commas (`readme*`); without it all readable files. */
  RESEARCH_CORPUS_NAMES: z.string().optional(),
  ...LLM_FIELDS,
  /** Runs that one pod works on at once; the others wait in the queue. */
  RUNS_PER_POD: count(4),
  /** Runs of one principal that are worked on at once, on all pods. */
  RUNS_PER_PRINCIPAL: count(8),
  /** Runs that may wait on all pods together; a start above that is refused. */
  RUN_QUEUE_LIMIT: count(1_000),
  /** How often a run is begun or taken over before it ends as failed. */
  RUN_ATTEMPTS: count(3),
  /** Milliseconds after which a run whose worker is silent counts as lost. */
  RUN_LEASE: milliseconds(15_000, 1_000),
  /** Seconds that events are kept; without it, what the bus stream has (86,400 where it is made). */
  SESSION_RETENTION: z.coerce.number().int().min(60).max(31_536_000).optional(),
  /** Seconds that running research is given to end by itself when the service stops. */
  SHUTDOWN_GRACE: seconds(5),
});

export { schema as orchestratorSettingsSchema };

/** The engine is one of the three: `auto` is decided. */
export type OrchestratorSettings = Omit<z.output<typeof schema>, 'RESEARCH_ENGINE'> & {
  readonly RESEARCH_ENGINE: 'corpus' | 'llm' | 'scripted';
};

/** @throws VanaError `settings_invalid`, naming every bad key at once */
export function readOrchestratorSettings(env: Readonly<Record<string, string | undefined>>): OrchestratorSettings {
  const read = readSettings(schema, env);
  const automatic = read.LLM_BASE_URL === undefined ? 'corpus' : 'llm';
  const engine = read.RESEARCH_ENGINE === 'auto' ? automatic : read.RESEARCH_ENGINE;
  const settings = { ...read, RESEARCH_ENGINE: engine };
  if (engine === 'scripted' && settings.NODE_ENV === 'production') {
    throw invalid('RESEARCH_ENGINE', 'must not be scripted in production');
  }
  if (engine === 'corpus' && settings.RESEARCH_CORPUS === undefined) {
    throw invalid('RESEARCH_CORPUS', 'is required by the corpus engine');
  }
  if (engine === 'llm') requireModel(settings);
  return settings;
}

function requireModel({ LLM_BASE_URL, LLM_MODEL, RESEARCH_CORPUS, SEARXNG_URL }: z.output<typeof schema>): void {
  if (LLM_BASE_URL === undefined) throw invalid('LLM_BASE_URL', 'is required by the language-model engine');
  if (LLM_MODEL === undefined) throw invalid('LLM_MODEL', 'is required with LLM_BASE_URL');
  if (RESEARCH_CORPUS === undefined && SEARXNG_URL === undefined) {
    throw invalid('RESEARCH_CORPUS', 'or SEARXNG_URL is required: a model needs sources');
  }
}

function invalid(key: string, problem: string): VanaError {
  return new VanaError('settings_invalid', { details: { keys: [{ key, problem }] } });
}
