// A session's stored events as JSON pages.
import { Controller, Get, Header, Param, Req } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { EventPageBody, Principal } from '@vana/events';
import { countOf, sessionIdOf, textOf, type Query } from '../http/query.js';
import { EventPages } from './event-pages.js';

const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 500;

@Controller()
@RequireScope('sessions:read')
export class SessionEventsController {
  constructor(private readonly pages: EventPages) {}

  /** `?after=` a position (from the oldest when absent); `?limit=` 100 by default, 500 at most. */
  @Get('api/sessions/:session_id/events')
  @Header('cache-control', 'no-store')
  async events(
    @Param('session_id') sessionId: string,
    @CurrentPrincipal() principal: Principal,
    @Req() http: { readonly query: unknown },
  ): Promise<EventPageBody> {
    const query = http.query as Query;
    const session = { tenant: principal.tenant, sessionId: sessionIdOf(sessionId) };
    return this.pages.page(
      session,
      principal,
      textOf(query, 'after'),
      countOf(query, 'limit', DEFAULT_LIMIT, MAX_LIMIT, 1),
    );
  }
}
