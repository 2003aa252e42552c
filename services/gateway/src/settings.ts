// The gateway's settings, read once from the environment.
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
  milliseconds,
  portNumber,
  readSettings,
  secondsOrNone,
  NATS_ACCESS_FIELDS,
  REDIS_TLS_FIELDS,
  natsAccessFrom,
  type NatsAccess,
} from '@vana/settings';
import { z } from 'zod';

const schema = z.object({
  HOST: z.string().default('127.0.0.1'),
  PORT: portNumber(8080),
  LOG_LEVEL: z.enum(['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent']).default('info'),
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
  /** Milliseconds that a broadcaster is given to send the head of a stream before the next one is asked. */
  RELAY_FIRST_BYTE_TIMEOUT: milliseconds(1_000),
  /** Open streams and polls of this pod. */
  SSE_MAX_CONNECTIONS: count(10_000),
  SSE_MAX_CONNECTIONS_PER_PRINCIPAL: count(100),
  /** After SIGTERM, until streams are turned away: so long balancers may take to learn that this pod is leaving. */
  PRE_DRAIN_TIME: secondsOrNone(0),
  /** Over this time the readers of a pod that leaves are let go; few readers take less. */
  SSE_DRAIN_TIME: secondsOrNone(20),
  ...FRONT_DOOR_FIELDS,
  ...ACCESS_TOKEN_FIELDS,
  ...INTERNAL_TOKEN_FIELDS,
  ...DEMO_MODE_FIELDS,
});

export { schema as gatewaySettingsSchema };

export interface GatewaySettings {
  readonly host: string;
  /** 0 takes a free one. */
  readonly port: number;
  readonly logLevel: z.output<typeof schema>['LOG_LEVEL'];
  readonly natsUrl: string;
  readonly natsAccess: NatsAccess | undefined;
  /** Of what is made; what is there stays as it is when this is `undefined`. */
  readonly natsReplicas: 1 | 3 | undefined;
  readonly redisUrl: string | undefined;
  readonly redisTlsCa: string | undefined;
  readonly allowOrigins: readonly string[];
  readonly firstByteMs: number;
  readonly maxConnections: number;
  readonly maxConnectionsPerPrincipal: number;
  readonly preDrainMs: number;
  readonly drainMs: number;
  readonly frontDoor: FrontDoorSettings;
  readonly accessToken: AccessTokenSettings;
  /** Signs what gateways and broadcasters tell each other, and the cookies of browsers. */
  readonly internalSecret: string;
  /** Requests without a token are let in as nobody. */
  readonly demoMode: boolean;
}

/** @throws VanaError settings_invalid, naming every bad key */
export function readGatewaySettings(env: Readonly<Record<string, string | undefined>>): GatewaySettings {
  const values = readSettings(schema, env);
  return {
    host: values.HOST,
    port: values.PORT,
    logLevel: values.LOG_LEVEL,
    natsUrl: values.NATS_URL,
    natsAccess: natsAccessFrom(values),
    natsReplicas: values.NATS_REPLICAS,
    redisUrl: values.REDIS_URL,
    redisTlsCa: values.REDIS_TLS_CA,
    allowOrigins: values.ALLOW_ORIGINS,
    firstByteMs: values.RELAY_FIRST_BYTE_TIMEOUT,
    maxConnections: values.SSE_MAX_CONNECTIONS,
    maxConnectionsPerPrincipal: values.SSE_MAX_CONNECTIONS_PER_PRINCIPAL,
    preDrainMs: values.PRE_DRAIN_TIME * 1_000,
    drainMs: values.SSE_DRAIN_TIME * 1_000,
    frontDoor: frontDoorSettingsFrom(values),
    accessToken: accessTokenSettingsFrom(values),
    internalSecret: internalSecretFrom(values),
    demoMode: demoModeFrom(values),
  };
}
