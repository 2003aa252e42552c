// Signs tokens: for development, tests and tools. In production an identity provider does it.
import { randomUUID } from 'node:crypto';
import { VanaError, type Scope } from '@vana/events';
import { SignJWT } from 'jose';
import type { AccessTokenSettings } from './settings.js';

export interface TokenRequest {
  readonly sub: string;
  readonly tenant?: string;
  readonly scopes: readonly Scope[];
  /** Seconds from now; negative makes an expired token. */
  readonly expiresInS: number;
}

/**
 * A signed token that services with the same settings accept.
 * @throws VanaError settings_invalid when the settings hold public keys only
 */
export async function issueToken(settings: AccessTokenSettings, request: TokenRequest): Promise<string> {
  if (settings.key.algorithm !== 'HS256') {
    const keys = [{ key: 'JWT_SECRET', problem: 'is needed to sign tokens' }];
    throw new VanaError('settings_invalid', { details: { keys } });
  }
  const nowS = Math.floor(Date.now() / 1000);
  const claims = {
    scope: request.scopes.join(' '),
    ...(request.tenant === undefined ? {} : { tenant: request.tenant }),
  };
  return new SignJWT(claims)
    .setProtectedHeader({ alg: 'HS256', typ: 'JWT' })
    .setSubject(request.sub)
    .setIssuer(settings.issuer)
    .setAudience(settings.audience)
    .setJti(randomUUID())
    .setIssuedAt(nowS)
    .setExpirationTime(nowS + request.expiresInS)
    .sign(new TextEncoder().encode(settings.key.secret));
}
