// Sign-in and sign-out of browsers.
import { Controller, Delete, HttpCode, Post, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, Public, RequireScope, type AuthenticatedRequest } from '@vana/access-token';
import { VanaError, type BrowserSessionBody, type Principal } from '@vana/events';
import type { FastifyReply } from 'fastify';
import { BrowserSessions } from './browser-sessions.js';

@Controller('auth/session')
export class BrowserSessionController {
  constructor(private readonly sessions: BrowserSessions) {}

  /** The cookie is made of the bearer token that comes with this request, never of an older cookie. */
  @Post()
  @HttpCode(200)
  @RequireScope('sessions:read')
  async signIn(
    @CurrentPrincipal() principal: Principal,
    @Req() { credential }: AuthenticatedRequest,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<BrowserSessionBody> {
    if (credential !== 'bearer') throw new VanaError('unauthenticated');
    void reply.header('cache-control', 'no-store');
    return this.sessions.signIn(principal, reply);
  }

  /** Needs no valid cookie: an expired one has to go as well. */
  @Delete()
  @HttpCode(204)
  @Public()
  signOut(@Res({ passthrough: true }) reply: FastifyReply): void {
    this.sessions.signOut(reply);
  }
}
