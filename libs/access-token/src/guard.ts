// The one guard in front of every route: no token in the URL, a caller who is admitted and not revoked,
// the declared scope.
import { Inject, Injectable, type CanActivate, type ExecutionContext, type Type } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { VanaError, type Principal } from '@vana/events';
import type { Admission, AdmissionRequest } from './admission.js';
import { ACCESS_METADATA, type Access, type AuthenticatedRequest } from './declarations.js';

/** URLs end up in logs, histories and referrers. */
const TOKEN_PARAMETERS = ['token', 'access_token', 'jwt'];

/** What an administrator has revoked: `RevocationStore` of run-state. */
interface Revocations {
  covers(principal: Principal, sessionId: string | undefined): boolean;
}

export interface GuardParts {
  readonly admit: Admission;
  readonly revocations: Revocations;
  /** The sessions that a request names, the one that it is about first. */
  readonly sessionIdsOf: (request: AdmissionRequest) => readonly string[];
}

function hasTokenInQuery(url: string): boolean {
  const start = url.indexOf('?');
  if (start < 0) return false;
  for (const name of new URLSearchParams(url.slice(start + 1)).keys()) {
    if (TOKEN_PARAMETERS.includes(name.toLowerCase())) return true;
  }
  return false;
}

export function createAccessTokenGuard({ admit, revocations, sessionIdsOf }: GuardParts): Type<CanActivate> {
  @Injectable()
  class AccessTokenGuard implements CanActivate {
    constructor(@Inject(Reflector) private readonly reflector: Reflector) {}

    async canActivate(context: ExecutionContext): Promise<boolean> {
      if (context.getType() !== 'http') return false;
      const request = context.switchToHttp().getRequest<AdmissionRequest & AuthenticatedRequest>();
      if (hasTokenInQuery(request.url)) throw new VanaError('token_in_query');

      const declared = [context.getHandler(), context.getClass()];
      const access = this.reflector.getAllAndOverride<Access | undefined>(ACCESS_METADATA, declared);
      if (access?.kind === 'public') return true;

      const { principal, credential } = await admit(request);
      const named = [undefined, ...sessionIdsOf(request)];
      if (named.some((id) => revocations.covers(principal, id))) throw new VanaError('unauthenticated');
      request.principal = principal;
      request.credential = credential;
      if (access === undefined || !principal.scopes.includes(access.scope)) {
        throw new VanaError('insufficient_scope', access && { details: { scope: access.scope } });
      }
      return true;
    }
  }
  return AccessTokenGuard;
}
