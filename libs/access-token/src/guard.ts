// The one guard in front of every route: no token in the URL, a valid bearer token, the declared scope.
import { Inject, Injectable, Logger, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { AuthGuard } from '@nestjs/passport';
import { VanaError, type Principal } from '@vana/events';
import { ACCESS_METADATA, type Access, type AuthenticatedRequest } from './declarations.js';

/** URLs end up in logs, histories and referrers. */
const TOKEN_PARAMETERS = ['token', 'access_token', 'jwt'];

interface GuardedRequest extends AuthenticatedRequest {
  readonly url: string;
}

function hasTokenInQuery(url: string): boolean {
  const start = url.indexOf('?');
  if (start < 0) return false;
  for (const name of new URLSearchParams(url.slice(start + 1)).keys()) {
    if (TOKEN_PARAMETERS.includes(name.toLowerCase())) return true;
  }
  return false;
}

/** Guard class that checks with the Passport strategy called `strategyName`. */
export function createAccessTokenGuard(strategyName: string): Type<CanActivate> {
  @Injectable()
  class AccessTokenGuard extends AuthGuard(strategyName) {
    private readonly logger = new Logger('AccessToken');

    constructor(@Inject(Reflector) private readonly reflector: Reflector) {
      super();
    }

    override async canActivate(context: ExecutionContext): Promise<boolean> {
      if (context.getType() !== 'http') return false;
      const request = context.switchToHttp().getRequest<GuardedRequest>();
      if (hasTokenInQuery(request.url)) throw new VanaError('token_in_query');

      const declared = [context.getHandler(), context.getClass()];
      const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS_METADATA, declared);
      if (access?.kind === 'public') return true;

      await super.canActivate(context);
      if (access === undefined || !request.principal?.scopes.includes(access.scope)) {
        throw new VanaError('insufficient_scope', access && { details: { scope: access.scope } });
      }
      return true;
    }

    override getAuthenticateOptions() {
      return { session: false, property: 'principal' };
    }

    /** Passport tells many reasons; the caller gets one answer, which helps nobody to guess. */
    override handleRequest<T = Principal>(error: unknown, principal: T | false | undefined, info: unknown): T {
      if (!error && principal) return principal;
      // The kind of failure only: a message can quote what was sent.
      this.logger.debug(`token refused: ${info instanceof Error ? info.name : 'claims'}`);
      throw new VanaError('unauthenticated');
    }
  }
  return AccessTokenGuard;
}
