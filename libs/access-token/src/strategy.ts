// Passport's JWT check, bound to one key and its one algorithm. Passport keeps strategies in a registry
// shared by the process, so each registration gets a name of its own: two services in one process
// never check with each other's key.
import { PassportStrategy } from '@nestjs/passport';
import type { Principal } from '@vana/events';
import type { IncomingHttpHeaders } from 'node:http';
import { Strategy } from 'passport-jwt';
import { CLOCK_SKEW_S, principalOf } from './claims.js';
import type { AccessTokenSettings } from './settings.js';

const BEARER = /^bearer +([A-Za-z0-9._~+/=-]+)$/i;

/** The token of an `Authorization: Bearer` header; nowhere else is looked. */
function bearerToken(headers: IncomingHttpHeaders): string | null {
  return BEARER.exec(headers.authorization ?? '')?.[1] ?? null;
}

/** Makes the strategy known to Passport under `name`. */
export function createJwtStrategy(name: string, settings: AccessTokenSettings): object {
  const { key, issuer, audience } = settings;

  class AccessTokenStrategy extends PassportStrategy(Strategy, name) {
    constructor() {
      super({
        jwtFromRequest: (request: { headers: IncomingHttpHeaders }) => bearerToken(request.headers),
        secretOrKey: key.algorithm === 'HS256' ? key.secret : key.publicKey,
        algorithms: [key.algorithm],
        issuer,
        audience,
        ignoreExpiration: false,
        jsonWebTokenOptions: { clockTolerance: CLOCK_SKEW_S },
      });
    }

    validate(claims: unknown): Principal | false {
      return principalOf(claims) ?? false;
    }
  }

  return new AccessTokenStrategy();
}
