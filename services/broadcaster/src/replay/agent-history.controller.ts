// What the caller's agents did lately, over all of the caller's own sessions.
import { Controller, Get, Header, Req } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { AgentHistoryBody, Principal } from '@vana/events';
import { countOf, type Query } from '../http/query.js';
import { AgentHistory } from './agent-history.js';

const DEFAULT_LIMIT = 50;
const MAX_LIMIT = 500;

@Controller()
@RequireScope('sessions:read')
export class AgentHistoryController {
  constructor(private readonly history: AgentHistory) {}

  /** `?limit=` 50 by default, 500 at most. */
  @Get('agent_network_history')
  @Header('cache-control', 'no-store')
  async recent(
    @CurrentPrincipal() principal: Principal,
    @Req() http: { readonly query: unknown },
  ): Promise<AgentHistoryBody> {
    const limit = countOf(http.query as Query, 'limit', DEFAULT_LIMIT, MAX_LIMIT, 1);
    return { events: await this.history.recent(principal, limit) };
  }
}
