// What a token is checked against. The key's kind fixes the one algorithm that is accepted: a public
// key is never tried as an HMAC secret, and `alg: none` has no key kind at all.
import { createPublicKey, randomBytes } from 'node:crypto';
import { VanaError } from '@vana/events';
import { readSettings, seconds } from '@vana/settings';
import { z } from 'zod';

const MIN_SECRET_BYTES = 32;
export const MIN_RSA_BITS = 2048;
const DEFAULT_NAME = 'vana-stream';
/** More than the clocks may differ. */
const MINUTE_S = 60;
const DAY_S = 24 * 3_600;
export const DEFAULT_MAX_LIFETIME_S = 7 * DAY_S;
/** Revocations are kept for a day longer than this. */
const MAX_LIFETIME_S = 30 * DAY_S;
const JWKS_ALGORITHMS = ['RS256', 'ES256'] as const;
export type JwksAlgorithm = (typeof JWKS_ALGORITHMS)[number];

export type TokenKey =
  | { readonly algorithm: 'HS256'; readonly secret: string }
  /** PEM, SubjectPublicKeyInfo or PKCS #1. */
  | { readonly algorithm: 'RS256'; readonly publicKey: string }
  /** The keys of an identity provider, chosen by `kid`; each is bound to the algorithm of its own type. */
  | { readonly algorithm: 'JWKS'; readonly url: string; readonly algorithms: readonly JwksAlgorithm[] };

export interface AccessTokenSettings {
  readonly key: TokenKey;
  /** Required value of `iss`. */
  readonly issuer: string;
  /** Required value (or member) of `aud`. */
  readonly audience: string;
  /** Seconds from issue to expiry; a token that lives longer is refused. Default 7 days. */
  readonly maxLifetimeS?: number;
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

/** Keys that come over an open network are anybody's keys. */
function isTrustworthyUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, hostname, username, password } = new URL(text);
  if (username !== '' || password !== '') return false;
  return protocol === 'https:' || (protocol === 'http:' && /^(localhost|127(\.\d+){3}|\[::1\])$/.test(hostname));
}

const isJwksAlgorithm = (name: string): name is JwksAlgorithm => (JWKS_ALGORITHMS as readonly string[]).includes(name);

const jwksAlgorithms = z.string().transform((text, context) => {
  const names = text.split(',').map((name) => name.trim());
  const known = names.filter(isJwksAlgorithm);
  if (known.length === names.length) return known;
  context.addIssue({ code: 'custom', message: `must name ${JWKS_ALGORITHMS.join(', ')}` });
  return z.NEVER;
});

/** Environment names, to be spread into the schema of a service's settings. */
export const ACCESS_TOKEN_FIELDS = {
  JWT_SECRET: z.string().refine(isLongEnough, `must have at least ${MIN_SECRET_BYTES} bytes`).optional(),
  JWT_PUBLIC_KEY: z
    .string()
    .transform(withLineEnds)
    .refine(isRsaPublicKey, `must be an RSA public key in PEM of at least ${MIN_RSA_BITS} bits`)
    .optional(),
  /** The identity provider's key set. */
  JWT_JWKS_URL: z
    .string()
    .refine(isTrustworthyUrl, 'must be an https: address (http: on this machine only)')
    .optional(),
  /** Which algorithms keys of the set may be for. */
  JWT_ALGORITHMS: jwksAlgorithms.default([...JWKS_ALGORITHMS]),
  /** Seconds from a token's issue to its expiry, at most: a revocation is kept for that long. */
  JWT_MAX_LIFETIME: seconds(DEFAULT_MAX_LIFETIME_S, MAX_LIFETIME_S),
  JWT_ISSUER: z.string().default(DEFAULT_NAME),
  JWT_AUDIENCE: z.string().default(DEFAULT_NAME),
};

const fieldsSchema = z.object(ACCESS_TOKEN_FIELDS);

/**
 * Makes the settings out of the fields' parsed values.
 * @throws VanaError settings_invalid unless exactly one of the three keys is there
 */
export function accessTokenSettingsFrom(values: z.output<typeof fieldsSchema>): AccessTokenSettings {
  const { JWT_SECRET: secret, JWT_PUBLIC_KEY: publicKey, JWT_JWKS_URL: url, JWT_ALGORITHMS: algorithms } = values;
  const keys: TokenKey[] = [
    ...(secret === undefined ? [] : [{ algorithm: 'HS256', secret } as const]),
    ...(publicKey === undefined ? [] : [{ algorithm: 'RS256', publicKey } as const]),
    ...(url === undefined ? [] : [{ algorithm: 'JWKS', url, algorithms } as const]),
  ];
  const [key, ...others] = keys;
  if (key === undefined || others.length > 0) {
    const problem = `set ${key === undefined ? 'one' : 'only one'} of JWT_JWKS_URL, JWT_PUBLIC_KEY and JWT_SECRET`;
    throw new VanaError('settings_invalid', { details: { keys: [{ key: 'JWT_SECRET', problem }] } });
  }
  const { JWT_ISSUER: issuer, JWT_AUDIENCE: audience, JWT_MAX_LIFETIME: maxLifetimeS } = values;
  return { key, issuer, audience, maxLifetimeS };
}

/**
 * Reads JWT_SECRET (HS256), JWT_PUBLIC_KEY (RS256) or JWT_JWKS_URL, and what is demanded of a token.
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

/** Milliseconds from a token's issue until no service takes it any more, at most. */
export function maxTokenLifeMs({ maxLifetimeS = DEFAULT_MAX_LIFETIME_S }: AccessTokenSettings): number {
  return (maxLifetimeS + MINUTE_S) * 1000;
}

/**
 * Settings may also be built in code: the same rules hold for them.
 * @throws VanaError settings_invalid
 */
export function assertUsableKey(settings: AccessTokenSettings): void {
  const { key } = settings;
  const rules = {
    HS256: { name: 'JWT_SECRET', usable: key.algorithm === 'HS256' && isLongEnough(key.secret) },
    RS256: { name: 'JWT_PUBLIC_KEY', usable: key.algorithm === 'RS256' && isRsaPublicKey(key.publicKey) },
    JWKS: { name: 'JWT_JWKS_URL', usable: key.algorithm === 'JWKS' && isTrustworthyUrl(key.url) },
  };
  const { name, usable } = rules[key.algorithm];
  if (usable) return;
  const keys = [{ key: name, problem: 'is too weak or no such key' }];
  throw new VanaError('settings_invalid', { details: { keys } });
}
