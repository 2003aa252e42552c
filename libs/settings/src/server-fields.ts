// Credentials and trust for the servers that services connect to, to be spread into a service's schema.
import { z } from 'zod';

/** The settings of a container often carry the line ends of a PEM or `.creds` text as `\n`. */
const withLineEnds = (text: string) => text.replaceAll('\\n', '\n');

const certificates = z
  .string()
  .transform(withLineEnds)
  .refine((text) => text.includes('-----BEGIN CERTIFICATE-----'), 'must be certificates in PEM')
  .optional();

export const NATS_ACCESS_FIELDS = {
  /** User name at the nats-server; goes with NATS_PASSWORD. */
  NATS_USER: z.string().optional(),
  /** Password of NATS_USER. */
  NATS_PASSWORD: z.string().optional(),
  /** Content of a `.creds` file, instead of a user and a password. */
  NATS_CREDS: z.string().transform(withLineEnds).optional(),
  /** Certificates in PEM that the nats-server's own must come from; the well-known ones without it. */
  NATS_TLS_CA: certificates,
};

export const REDIS_TLS_FIELDS = {
  /** Certificates in PEM that the server of a `rediss://` URL must have its own from; the well-known ones without it. */
  REDIS_TLS_CA: certificates,
};

export interface NatsAccess {
  readonly user: string | undefined;
  readonly pass: string | undefined;
  readonly creds: string | undefined;
  readonly tlsCa: string | undefined;
}

/** As `connectNats` takes them; `undefined` when none is set. */
export function natsAccessFrom(values: z.output<z.ZodObject<typeof NATS_ACCESS_FIELDS>>): NatsAccess | undefined {
  const { NATS_USER: user, NATS_PASSWORD: pass, NATS_CREDS: creds, NATS_TLS_CA: tlsCa } = values;
  const access = { user, pass, creds, tlsCa };
  return Object.values(access).every((value) => value === undefined) ? undefined : access;
}
