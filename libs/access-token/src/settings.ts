// What a token is checked against. The key's kind fixes the one algorithm that is accepted: a public
// key is never tried as an HMAC secret, and `alg: none` has no key kind at all.
import { createPublicKey, randomBytes } from 'node:crypto';
import { VanaError } from '@vana/events';
import { readSettings } from '@vana/settings';
import { z } from 'zod';

const MIN_SECRET_BYTES = 32;
const MIN_RSA_BITS = 2048;
const DEFAULT_NAME = 'vana-stream';

export type TokenKey =
  | { readonly algorithm: 'HS256'; readonly secret: string }
  /** PEM, SubjectPublicKeyInfo or PKCS #1. */
  | { readonly algorithm: 'RS256'; readonly publicKey: string };

export interface AccessTokenSettings {
  readonly key: TokenKey;
  /** Required value of `iss`. */
  readonly issuer: string;
  /** Required value (or member) of `aud`. */
  readonly audience: string;
}

const isLongEnough = (secret: string) => Buffer.byteLength(secret) >= MIN_SECRET_BYTES;

/** Containers' settings often carry the PEM's line ends as `\n`. */
const withLineEnds = (pem: string) => pem.replaceAll('\\n', '\n');

function isRsaPublicKey(pem: string): boolean {
  // createPublicKey would also take a private key, which has no business here.
  if (!/^\s*-----BEGIN (RSA )?PUBLIC KEY-----/.test(pem)) return false;
  try {
    const key = createPublicKey(pem);
    return key.asymmetricKeyType === 'rsa' && (key.asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  } catch {
    return false;
  }
}

/** Environment names, to be spread into the schema of a service's settings. */
export const ACCESS_TOKEN_FIELDS = {
  JWT_SECRET: z.string().refine(isLongEnough, `must have at least ${MIN_SECRET_BYTES} bytes`).optional(),
  JWT_PUBLIC_KEY: z
    .string()
    .transform(withLineEnds)
    .refine(isRsaPublicKey, `must be an RSA public key in PEM of at least ${MIN_RSA_BITS} bits`)
    .optional(),
  JWT_ISSUER: z.string().default(DEFAULT_NAME),
  JWT_AUDIENCE: z.string().default(DEFAULT_NAME),
};

const fieldsSchema = z.object(ACCESS_TOKEN_FIELDS);

/**
 * Makes the settings out of the fields' parsed values.
 * @throws VanaError settings_invalid unless exactly one of the two keys is there
 */
export function accessTokenSettingsFrom(values: z.output<typeof fieldsSchema>): AccessTokenSettings {
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey, JWT_ISSUER: issuer, JWT_AUDIENCE: audience } = values;
  if (secret !== undefined && publicKey === undefined) return { key: { algorithm: 'HS256', secret }, issuer, audience };
  if (publicKey !== undefined && secret === undefined)
    return { key: { algorithm: 'RS256', publicKey }, issuer, audience };
  const problem = secret === undefined ? 'set this or JWT_PUBLIC_KEY' : 'set this or JWT_PUBLIC_KEY, not both';
  throw new VanaError('settings_invalid', { details: { keys: [{ key: 'JWT_SECRET', problem }] } });
}

/**
 * Reads JWT_SECRET (HS256) or JWT_PUBLIC_KEY (RS256), JWT_ISSUER and JWT_AUDIENCE.
 * @throws VanaError settings_invalid
 */
export function readAccessTokenSettings(env: Readonly<Record<string, string | undefined>>): AccessTokenSettings {
  return accessTokenSettingsFrom(readSettings(fieldsSchema, env));
}

/** For development and tests: a new random secret each time, so no token outlives its process. */
export function developmentAccessTokenSettings(): AccessTokenSettings {
  const secret = randomBytes(MIN_SECRET_BYTES).toString('base64url');
  return { key: { algorithm: 'HS256', secret }, issuer: DEFAULT_NAME, audience: DEFAULT_NAME };
}

/**
 * Settings may also be built in code: the same rules hold for them.
 * @throws VanaError settings_invalid
 */
export function assertUsableKey(settings: AccessTokenSettings): void {
  const { key } = settings;
  const usable = key.algorithm === 'HS256' ? isLongEnough(key.secret) : isRsaPublicKey(key.publicKey);
  if (usable) return;
  const name = key.algorithm === 'HS256' ? 'JWT_SECRET' : 'JWT_PUBLIC_KEY';
  throw new VanaError('settings_invalid', {
    details: { keys: [{ key: name, problem: 'is too weak or no such key' }] },
  });
}
