// Long-polling: the same events and positions for clients that cannot hold a stream.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { PollAnswer, Principal } from '@vana/events';
import type { FastifyReply } from 'fastify';
import { channelsOf, countOf, replayOf, sessionIdOf, textOf, type Query } from '../http/query.js';
import { Polls } from './polls.js';

const DEFAULT_WAIT_S = 25;
const MAX_WAIT_S = 55;

@Controller()
@RequireScope('sessions:read')
export class PollController {
  constructor(private readonly polls: Polls) {}

  /** `?cursor=` the last answer's; `?wait=` seconds, 25 by default, 55 at most. */
  @Get('api/poll/:session_id')
  async poll(
    @Param('session_id') sessionId: string,
    @CurrentPrincipal() principal: Principal,
    @Req() http: { readonly query: unknown },
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<PollAnswer | undefined> {
    const query = http.query as Query;
    const request = {
      session: { tenant: principal.tenant, sessionId: sessionIdOf(sessionId) },
      principal,
      position: textOf(query, 'cursor'),
      ...replayOf(query),
      channels: channelsOf(query),
      waitMs: countOf(query, 'wait', DEFAULT_WAIT_S, MAX_WAIT_S) * 1_000,
    };
    return this.polls.answer(request, reply);
  }
}
