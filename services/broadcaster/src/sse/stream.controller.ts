// The three stream routes.
import { Controller, Get, Param, Req, Res } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import type { Channel, Principal } from '@vana/events';
import type { FastifyReply } from 'fastify';
import { StreamOpener } from './stream-opener.js';
import { streamRequestOf, type StreamHttpRequest } from './stream-request.js';

const RUN_CHANNELS: ReadonlySet<Channel> = new Set(['research', 'chat']);
const AGENT_CHANNELS: ReadonlySet<Channel> = new Set(['agents']);

@Controller()
@RequireScope('sessions:read')
export class StreamController {
  constructor(private readonly streams: StreamOpener) {}

  @Get('api/run_sse/:session_id')
  async run(
    @Param('session_id') sessionId: string,
    @CurrentPrincipal() principal: Principal,
    @Req() http: StreamHttpRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.streams.open(streamRequestOf('run_sse', sessionId, principal, http, RUN_CHANNELS), reply);
  }

  @Get('agent_network_sse/:session_id')
  async agents(
    @Param('session_id') sessionId: string,
    @CurrentPrincipal() principal: Principal,
    @Req() http: StreamHttpRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.streams.open(streamRequestOf('agent_network_sse', sessionId, principal, http, AGENT_CHANNELS), reply);
  }

  /** `?channels=agents,research,chat`: any channels in one connection. */
  @Get('api/stream/:session_id')
  async stream(
    @Param('session_id') sessionId: string,
    @CurrentPrincipal() principal: Principal,
    @Req() http: StreamHttpRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.streams.open(streamRequestOf('stream', sessionId, principal, http), reply);
  }
}
