// Event streams, polls and replay pages: all of them are a broadcaster's answers.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { Principal } from '@vana/events';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { sessionKeyOf } from '../access/session-access.js';
import type { RelayKind } from '../relay/broadcaster-relay.js';
import { SessionRelay } from './session-relay.js';

@Controller()
@RequireScope('sessions:read')
export class StreamsController {
  constructor(private readonly relay: SessionRelay) {}

  /** Channels research and chat. */
  @Get('api/run_sse/:session_id')
  async run(
    @Param('session_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#serve('stream', (sessionId) => `/api/run_sse/${sessionId}`, id, principal, request, reply);
  }

  /** Channel agents. */
  @Get('agent_network_sse/:session_id')
  async agents(
    @Param('session_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#serve('stream', (sessionId) => `/agent_network_sse/${sessionId}`, id, principal, request, reply);
  }

  /** `?channels=`: any channels in one connection. */
  @Get('api/stream/:session_id')
  async stream(
    @Param('session_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#serve('stream', (sessionId) => `/api/stream/${sessionId}`, id, principal, request, reply);
  }

  @Get('api/poll/:session_id')
  async poll(
    @Param('session_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#serve('poll', (sessionId) => `/api/poll/${sessionId}`, id, principal, request, reply);
  }

  @Get('api/sessions/:session_id/events')
  async events(
    @Param('session_id') id: string,
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.#serve('page', (sessionId) => `/api/sessions/${sessionId}/events`, id, principal, request, reply);
  }

  /** Recent agent events of the caller's own sessions. */
  @Get('agent_network_history')
  async history(
    @CurrentPrincipal() principal: Principal,
    @Req() request: FastifyRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.relay.serve({ kind: 'page', path: '/agent_network_history', principal }, request, reply);
  }

  #serve(
    kind: RelayKind,
    pathOf: (sessionId: string) => string,
    id: string,
    principal: Principal,
    request: FastifyRequest,
    reply: FastifyReply,
  ): Promise<void> {
    const session = sessionKeyOf(principal, id);
    return this.relay.serve({ kind, path: pathOf(session.sessionId), principal, session }, request, reply);
  }
}
