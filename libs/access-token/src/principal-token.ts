// Tokens that the gateway signs itself: for its calls to broadcasters, and as the session cookie of a
// browser. They carry a principal that was checked before, with its own token's times.
import { hkdfSync } from 'node:crypto';
import { idSchema, principalIdSchema, VanaError, type Principal } from '@vana/events';
import { SignJWT } from 'jose';
import { z } from 'zod';
import { scopesOf, timeSchema, tokenIdSchema } from './claims.js';
import { createTokenCheck, type TokenCheck } from './token-check.js';

const ISSUER = 'vana-gateway';
/** What a token is for: no other door takes it. */
export type PrincipalTokenUse = 'vana-broadcaster' | 'vana-session';

const claimsSchema = z.looseObject({
  sub: principalIdSchema,
  tenant: idSchema,
  scope: z.string(),
  token_exp: timeSchema.optional(),
  token_iat: timeSchema.optional(),
  token_id: tokenIdSchema.optional(),
  anonymous: z.literal(true).optional(),
});

/** A key for one purpose only, so that what one of them signs is nothing to the others. */
export function deriveSecret(secret: string, purpose: string): string {
  return Buffer.from(hkdfSync('sha256', secret, '', `vana ${purpose}`, 32)).toString('base64url');
}

/** @param expiresAtS seconds since 1970 */
export async function issuePrincipalToken(
  secret: string,
  use: PrincipalTokenUse,
  principal: Principal,
  expiresAtS: number,
): Promise<string> {
  const { id, tenant, scopes, expiresAtMs, issuedAtMs, tokenId, anonymous } = principal;
  const claims = {
    tenant,
    scope: scopes.join(' '),
    token_exp: expiresAtMs === undefined ? undefined : expiresAtMs / 1000,
    token_iat: issuedAtMs === undefined ? undefined : issuedAtMs / 1000,
    token_id: tokenId,
    anonymous: anonymous === true ? true : undefined,
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(id)
    .setIssuer(ISSUER)
    .setAudience(use)
    .setExpirationTime(Math.ceil(expiresAtS))
    .sign(new TextEncoder().encode(deriveSecret(secret, use)));
}

/** Takes what `issuePrincipalToken` made with the same secret for the same use. */
export function createPrincipalTokenCheck(secret: string, use: PrincipalTokenUse): TokenCheck {
  const key = { algorithm: 'HS256', secret: deriveSecret(secret, use) } as const;
  return createTokenCheck({ key, issuer: ISSUER, audience: use }, { principalOf: carriedPrincipal });
}

function carriedPrincipal(claims: unknown): Principal | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { sub, tenant, scope, token_exp: exp, token_iat: iat, token_id: tokenId, anonymous } = parsed.data;
  // Only nobody's token never ends.
  if ((exp === undefined) !== (anonymous === true)) return undefined;
  return {
    id: sub,
    tenant,
    scopes: scopesOf(scope),
    ...(exp === undefined ? {} : { expiresAtMs: exp * 1000 }),
    ...(iat === undefined ? {} : { issuedAtMs: iat * 1000 }),
    ...(tokenId === undefined ? {} : { tokenId }),
    ...(anonymous === true ? { anonymous } : {}),
  };
}

/** Lifetime of a token for one call, seconds. */
export const CALL_TOKEN_LIFE_S = 60;

export const INTERNAL_TOKEN_FIELDS = {
  /** Shared by gateways and broadcasters; made from JWT_SECRET where that is set and this is not. */
  INTERNAL_JWT_SECRET: z
    .string()
    .refine((secret) => Buffer.byteLength(secret) >= 32, 'must have at least 32 bytes')
    .optional(),
};

/** @throws VanaError settings_invalid when neither secret is there */
export function internalSecretFrom(values: {
  INTERNAL_JWT_SECRET?: string | undefined;
  JWT_SECRET?: string | undefined;
}): string {
  const { INTERNAL_JWT_SECRET: own, JWT_SECRET: shared } = values;
  if (own !== undefined) return own;
  // Whoever has it can make any user's token already.
  if (shared !== undefined) return deriveSecret(shared, 'internal');
  const keys = [{ key: 'INTERNAL_JWT_SECRET', problem: 'is needed where there is no JWT_SECRET' }];
  throw new VanaError('settings_invalid', { details: { keys } });
}
