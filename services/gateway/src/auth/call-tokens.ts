// The token of a call to a broadcaster: the principal that was checked here, for one minute. The user's own
// token goes no further than the gateway.
import { CALL_TOKEN_LIFE_S, issuePrincipalToken } from '@vana/access-token';
import type { Principal } from '@vana/events';

export class CallTokens {
  /** @param secret shared with the broadcasters */
  constructor(private readonly secret: string) {}

  of(principal: Principal): Promise<string> {
    return issuePrincipalToken(this.secret, 'vana-broadcaster', principal, Date.now() / 1000 + CALL_TOKEN_LIFE_S);
  }
}
