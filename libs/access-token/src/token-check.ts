// From a token's text to the principal that it speaks for: passport-jwt bound to the configured keys and
// their algorithms. The strategy is run directly, so that a service can combine several kinds of credentials.
import type { Principal } from '@vana/events';
import { Strategy } from 'passport-jwt';
import { CLOCK_SKEW_S, principalOf } from './claims.js';
import { decoyOf } from './decoy.js';
import { hasDuplicateMembers } from './duplicate-members.js';
import type { JwksTrouble } from './jwks-keys.js';
import { keySourceOf } from './key-source.js';
import { DEFAULT_MAX_LIFETIME_S, type AccessTokenSettings } from './settings.js';
import { tokenParts } from './token-header.js';
import type { VerifyKey } from './verify-key.js';

/** A refusal names its kind for the log; never what was sent. */
export type TokenVerdict = { readonly principal: Principal } | { readonly refused: string };
/** Never rejects. */
export type TokenCheck = (token: string) => Promise<TokenVerdict>;

export interface TokenCheckOptions {
  /** What the verified claims make; by default a user's principal. */
  readonly principalOf?: (claims: unknown, maxLifetimeS: number) => Principal | undefined;
  readonly onTrouble?: (trouble: JwksTrouble) => void;
}

interface Attempt {
  readonly token: string;
  readonly claimsText: string;
  readonly key: VerifyKey;
}

export function createTokenCheck(settings: AccessTokenSettings, options: TokenCheckOptions = {}): TokenCheck {
  const { issuer, audience, maxLifetimeS = DEFAULT_MAX_LIFETIME_S } = settings;
  const keys = keySourceOf(settings.key, options.onTrouble ?? (() => undefined));
  const toPrincipal = options.principalOf ?? principalOf;

  const strategy = new Strategy(
    {
      jwtFromRequest: (attempt: unknown) => (attempt as Attempt).token,
      // The types know of text only; a KeyObject is taken as it is, and its type compared with the algorithm.
      secretOrKeyProvider: (attempt: Attempt, _token, done) => done(null, attempt.key.key as unknown as Buffer),
      algorithms: [...keys.algorithms],
      issuer,
      audience,
      ignoreExpiration: false,
      jsonWebTokenOptions: { clockTolerance: CLOCK_SKEW_S },
      passReqToCallback: true,
    },
    (attempt: unknown, claims: unknown, done: (error: unknown, principal?: Principal) => void) => {
      const twice = hasDuplicateMembers((attempt as Attempt).claimsText, claims);
      const principal = twice ? undefined : toPrincipal(claims, maxLifetimeS);
      if (principal === undefined) done(new RefusedClaims());
      else done(null, principal);
    },
  );

  return async (token) => {
    const parts = tokenParts(token);
    // A turn of the queue in any case: an answer without one takes another way through the server, and another time.
    const key = await (parts === undefined ? Promise.resolve(undefined) : keys.find(parts.header));
    if (parts !== undefined && key !== undefined) return run(strategy, { token, claimsText: parts.claimsText, key });
    const any = keys.any();
    if (any !== undefined) await run(strategy, { ...decoyOf(any), key: any });
    return { refused: parts === undefined ? 'form' : 'key' };
  };
}

/** Its name goes to the log. */
class RefusedClaims extends Error {
  override readonly name = 'RefusedClaims';
}

/** As Passport does: an instance of its own for each attempt, whose callbacks settle it. */
function run(strategy: Strategy, attempt: Attempt): Promise<TokenVerdict> {
  return new Promise((resolve) => {
    const kindOf = (reason: unknown): string => (reason instanceof Error ? reason.name : 'unknown');
    const once = Object.assign(Object.create(strategy) as Strategy, {
      success: (principal: unknown) => resolve({ principal: principal as Principal }),
      fail: (reason: unknown) => resolve({ refused: kindOf(reason) }),
      error: (reason: unknown) => resolve({ refused: kindOf(reason) }),
    });
    once.authenticate(attempt as unknown as Parameters<Strategy['authenticate']>[0]);
  });
}
