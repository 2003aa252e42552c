// A JSON Web Key Set: which of its keys may check our tokens, by `kid`.
import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import { z } from 'zod';
import type { VerifyKey } from './verify-key.js';
import { MIN_RSA_BITS, type JwksAlgorithm } from './settings.js';

const keySchema = z.object({
  kty: z.enum(['RSA', 'EC']),
  kid: z.string().min(1).max(256),
  alg: z.string().optional(),
  use: z.literal('sig').optional(),
  key_ops: z
    .array(z.string())
    .refine((operations) => operations.includes('verify'))
    .optional(),
  // The public members only: a set that gives private keys away is not one to trust.
  n: z.string().optional(),
  e: z.string().optional(),
  crv: z.string().optional(),
  x: z.string().optional(),
  y: z.string().optional(),
  d: z.undefined().optional(),
});
const setSchema = z.object({ keys: z.array(z.unknown()) });

/** Keys that cannot be used are left out. @throws when the text is no key set */
export function parseJwks(text: string, algorithms: readonly JwksAlgorithm[]): Map<string, VerifyKey> {
  const keys = new Map<string, VerifyKey>();
  for (const entry of setSchema.parse(JSON.parse(text)).keys) {
    const parsed = keySchema.safeParse(entry);
    if (!parsed.success || keys.has(parsed.data.kid)) continue;
    const { kty, kid, alg, n, e, crv, x, y } = parsed.data;
    const algorithm = kty === 'RSA' ? 'RS256' : 'ES256';
    if (!algorithms.includes(algorithm) || (alg !== undefined && alg !== algorithm)) continue;
    const key = publicKeyOf(kty === 'RSA' ? { kty, n, e } : { kty, crv, x, y });
    if (key !== undefined && isStrong(key)) keys.set(kid, { algorithm, key });
  }
  return keys;
}

function publicKeyOf(jwk: { readonly [member in 'kty' | 'n' | 'e' | 'crv' | 'x' | 'y']?: string | undefined }):
  KeyObject | undefined {
  try {
    return createPublicKey({ key: jwk as JsonWebKey, format: 'jwk' });
  } catch {
    return undefined;
  }
}

function isStrong({ asymmetricKeyType, asymmetricKeyDetails }: KeyObject): boolean {
  if (asymmetricKeyType === 'rsa') return (asymmetricKeyDetails?.modulusLength ?? 0) >= MIN_RSA_BITS;
  return asymmetricKeyDetails?.namedCurve === 'prime256v1';
}
