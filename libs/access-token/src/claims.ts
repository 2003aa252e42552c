// The claims that we read, and the principal that they make. Unknown scopes belong to other systems
// and are dropped; anything else that does not fit makes the whole token invalid.
import { DEFAULT_TENANT, idSchema, principalIdSchema, SCOPES, type Principal, type Scope } from '@vana/events';
import { z } from 'zod';

/** Seconds by which the clocks of issuer and service may differ. */
export const CLOCK_SKEW_S = 5;

/** Principals of demo mode; no identity provider may name one. */
export const ANONYMOUS_PREFIX = 'anonymous:';

export const timeSchema = z.number().finite().positive();
export const tokenIdSchema = z.string().min(1).max(256);

const claimsSchema = z.looseObject({
  sub: principalIdSchema.refine((sub) => !sub.startsWith(ANONYMOUS_PREFIX)),
  exp: timeSchema,
  iat: timeSchema.optional(),
  jti: tokenIdSchema.optional(),
  tenant: idSchema.default(DEFAULT_TENANT),
  scope: z.string().default(''),
});

const KNOWN_SCOPES: ReadonlySet<string> = new Set(SCOPES);
const isScope = (name: string): name is Scope => KNOWN_SCOPES.has(name);

export function scopesOf(text: string): Scope[] {
  return [...new Set(text.split(' ').filter(isScope))];
}

/**
 * `undefined` when the claims of a correctly signed token are not acceptable.
 * @param maxLifetimeS a token that lives longer would outlive its revocation
 */
export function principalOf(claims: unknown, maxLifetimeS: number): Principal | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { sub, exp, iat, jti, tenant, scope } = parsed.data;
  const nowS = Date.now() / 1000;
  if (exp - Math.min(iat ?? nowS, nowS) > maxLifetimeS + CLOCK_SKEW_S) return undefined;
  return {
    id: sub,
    tenant,
    scopes: scopesOf(scope),
    expiresAtMs: exp * 1000,
    ...(jti === undefined ? {} : { tokenId: jti }),
    ...(iat === undefined ? {} : { issuedAtMs: iat * 1000 }),
  };
}
