// Each route says who may call it, on its method or its class; a route that says nothing is refused.
import { createParamDecorator, SetMetadata, type ExecutionContext } from '@nestjs/common';
import { VanaError, type Principal, type Scope } from '@vana/events';
import type { Credential } from './admission.js';

export const ACCESS_METADATA = 'vana:access';

export type Access = { readonly kind: 'public' } | { readonly kind: 'scope'; readonly scope: Scope };

/** Anybody may call the route; no token is looked at. */
export const Public = () => SetMetadata(ACCESS_METADATA, { kind: 'public' } satisfies Access);

/** The route needs a valid token that has `scope`. */
export const RequireScope = (scope: Scope) => SetMetadata(ACCESS_METADATA, { kind: 'scope', scope } satisfies Access);

/** What the guard leaves on the request of a caller whom it has let in. */
export interface AuthenticatedRequest {
  principal?: Principal;
  credential?: Credential;
}

/** The caller that the guard has let in. On a public route there is none: `unauthenticated`. */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context: ExecutionContext): Principal => {
  const { principal } = context.switchToHttp().getRequest<AuthenticatedRequest>();
  if (principal === undefined) throw new VanaError('unauthenticated');
  return principal;
});
