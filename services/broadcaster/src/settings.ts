// The broadcaster's settings, read once from the environment. Durations come in seconds, are kept in milliseconds.
import {
  ACCESS_TOKEN_FIELDS,
  DEMO_MODE_FIELDS,
  INTERNAL_TOKEN_FIELDS,
  accessTokenSettingsFrom,
  demoModeFrom,
  internalSecretFrom,
  type AccessTokenSettings,
} from '@vana/access-token';
import { FRONT_DOOR_FIELDS, frontDoorSettingsFrom, type FrontDoorSettings } from '@vana/front-door';
import {
  count,
  flag,
  portNumber,
  readSettings,
  seconds,
  secondsOrNone,
  NATS_ACCESS_FIELDS,
  REDIS_TLS_FIELDS,
  natsAccessFrom,
  type NatsAccess,
} from '@vana/settings';
import { z } from 'zod';

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber(8082),
  /** Where gateways reach this pod when that is not `http://HOST:PORT`. */
  ADVERTISE_URL: z.url({ protocol: /^https?$/ }).optional(),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
  NATS_URL: z.string().default('nats://127.0.0.1:4222'),
  ...NATS_ACCESS_FIELDS,
  /** Copies of the bus stream and the buckets where they are made: 1, or 3 on a cluster of nats-servers. */
  NATS_REPLICAS: z
    .enum(['1', '3'])
    .transform((text): 1 | 3 => (text === '3' ? 3 : 1))
    .optional(),
  /** Without it there is no hot history: replay that the ring does not cover is read from the log. */
  REDIS_URL: z.string().optional(),
  ...REDIS_TLS_FIELDS,
  SSE_MAX_QUEUE_SIZE: count(1_000),
  SSE_MAX_HISTORY_PER_SESSION: count(500),
  SSE_EVENT_TTL: seconds(300),
  SSE_SESSION_TTL: seconds(1_800),
  SSE_CLEANUP_INTERVAL: seconds(60),
  SSE_HEARTBEAT_INTERVAL: seconds(30),
  SSE_MAX_CONNECTIONS: count(10_000),
  SSE_MAX_CONNECTIONS_PER_PRINCIPAL: count(100),
  /** After SIGTERM, until streams are refused: so long others may take to learn that this pod is leaving. */
  PRE_DRAIN_TIME: secondsOrNone(0),
  /** Over this time the readers of a pod that leaves are let go; few readers take less. */
  SSE_DRAIN_TIME: secondsOrNone(20),
  /** Resumes that need more than this pod's memory; what is over it is told to come back in 1 to 5 s. */
  RESUMES_PER_SECOND: count(500),
  /** So many of them may come in one moment. */
  RESUME_BURST: count(1_000),
  /** Clients reach this pod without a gateway in front: their own tokens are taken, and its limits are kept here. */
  BROADCASTER_EXPOSED: flag(false),
  ...FRONT_DOOR_FIELDS,
  ...ACCESS_TOKEN_FIELDS,
  ...INTERNAL_TOKEN_FIELDS,
  ...DEMO_MODE_FIELDS,
});

export { schema as broadcasterSettingsSchema };

export interface BroadcasterSettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly advertiseUrl: string | undefined;
  readonly logLevel: z.output<typeof schema>['LOG_LEVEL'];
  readonly natsUrl: string;
  readonly natsAccess: NatsAccess | undefined;
  /** Of what is made; what is there stays as it is when this is `undefined`. */
  readonly natsReplicas: 1 | 3 | undefined;
  readonly redisUrl: string | undefined;
  readonly redisTlsCa: string | undefined;
  /** Events that a reader may lag before it is refilled from history. */
  readonly maxQueueSize: number;
  readonly maxHistoryPerSession: number;
  readonly eventTtlMs: number;
  /** A session's hot state is released after this time without a reader. */
  readonly sessionTtlMs: number;
  readonly cleanupIntervalMs: number;
  readonly heartbeatMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerPrincipal: number;
  readonly preDrainMs: number;
  readonly drainMs: number;
  readonly resumesPerSecond: number;
  readonly resumeBurst: number;
  readonly exposed: boolean;
  readonly allowOrigins: readonly string[];
  /** Of an exposed broadcaster. */
  readonly frontDoor: FrontDoorSettings;
  readonly accessToken: AccessTokenSettings;
  /** Signs what gateways and broadcasters tell each other. */
  readonly internalSecret: string;
  /** On an exposed broadcaster, requests without a token are let in as nobody. */
  readonly demoMode: boolean;
}

/** @throws VanaError settings_invalid with all bad keys */
export function readBroadcasterSettings(env: Readonly<Record<string, string | undefined>>): BroadcasterSettings {
  const values = readSettings(schema, env);
  return {
    host: values.HOST,
    port: values.PORT,
    advertiseUrl: values.ADVERTISE_URL,
    logLevel: values.LOG_LEVEL,
    natsUrl: values.NATS_URL,
    natsAccess: natsAccessFrom(values),
    natsReplicas: values.NATS_REPLICAS,
    redisUrl: values.REDIS_URL,
    redisTlsCa: values.REDIS_TLS_CA,
    maxQueueSize: values.SSE_MAX_QUEUE_SIZE,
    maxHistoryPerSession: values.SSE_MAX_HISTORY_PER_SESSION,
    eventTtlMs: values.SSE_EVENT_TTL * 1_000,
    sessionTtlMs: values.SSE_SESSION_TTL * 1_000,
    cleanupIntervalMs: values.SSE_CLEANUP_INTERVAL * 1_000,
    heartbeatMs: values.SSE_HEARTBEAT_INTERVAL * 1_000,
    maxConnections: values.SSE_MAX_CONNECTIONS,
    maxConnectionsPerPrincipal: values.SSE_MAX_CONNECTIONS_PER_PRINCIPAL,
    preDrainMs: values.PRE_DRAIN_TIME * 1_000,
    drainMs: values.SSE_DRAIN_TIME * 1_000,
    resumesPerSecond: values.RESUMES_PER_SECOND,
    resumeBurst: values.RESUME_BURST,
    exposed: values.BROADCASTER_EXPOSED,
    allowOrigins: values.ALLOW_ORIGINS,
    // The ingress ends TLS: gateways reach the same port without.
    frontDoor: { ...frontDoorSettingsFrom(values), tls: undefined },
    accessToken: accessTokenSettingsFrom(values),
    internalSecret: internalSecretFrom(values),
    demoMode: demoModeFrom(values),
  };
}
