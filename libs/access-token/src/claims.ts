// The claims that we read, and the principal that they make. Unknown scopes belong to other systems
// and are dropped; anything else that does not fit makes the whole token invalid.
import { DEFAULT_TENANT, idSchema, SCOPES, type Principal, type Scope } from '@vana/events';
import { z } from 'zod';

/** Seconds by which the clocks of issuer and service may differ. */
export const CLOCK_SKEW_S = 5;

const claimsSchema = z.looseObject({
  // Principal ids end up in bus headers and logs: no control characters.
  sub: z.string().regex(/^\P{Cc}{1,128}$/u),
  exp: z.number().finite().positive(),
  tenant: idSchema.default(DEFAULT_TENANT),
  scope: z.string().default(''),
});

const KNOWN_SCOPES: ReadonlySet<string> = new Set(SCOPES);
const isScope = (name: string): name is Scope => KNOWN_SCOPES.has(name);

/** `undefined` when the claims of a correctly signed token are not acceptable. */
export function principalOf(claims: unknown): Principal | undefined {
  const parsed = claimsSchema.safeParse(claims);
  if (!parsed.success) return undefined;
  const { sub, exp, tenant, scope } = parsed.data;
  const scopes = [...new Set(scope.split(' ').filter(isScope))];
  return { id: sub, tenant, scopes, expiresAtMs: exp * 1000 };
}
