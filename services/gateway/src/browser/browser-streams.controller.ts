// The streams once more under one prefix, for pages: a path to put in front of them in a proxy, and one to
// give a native EventSource that knows the stream's path only.
import { Controller, Get, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { Principal } from '@vana/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionKeyOf } from '../access/session-access.js';
import { SessionRelay } from '../streams/session-relay.js';
import { requestedStream } from './stream-path.js';

@Controller('api/sse')
@RequireScope('sessions:read')
export class BrowserStreamsController {
  constructor(private readonly relay: SessionRelay) {}

  /** `?path=` names the stream, or the rest of this path does. */
  @Get(['', '*'])
  async follow(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const { path, sessionId, query } = requestedStream(request.url);
    const session = sessionKeyOf(principal, sessionId);
    await this.relay.serve({ kind: 'stream', path, query, principal, session }, request, reply);
  }
}
