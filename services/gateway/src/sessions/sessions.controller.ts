// The caller's sessions.
import { Body, Controller, Delete, Get, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import {
  VanaError,
  createSessionBodySchema,
  isPrincipalId,
  isValidId,
  parseBody,
  parseQuery,
  renameSessionBodySchema,
  sessionListQuerySchema,
  type CreateSessionBody,
  type Principal,
  type SessionBody,
  type SessionListBody,
} from '@vana/events';
import type { AgentNetworkSnapshot, OrchestratorCommands } from '@vana/run-state';
import { sessionKeyOf } from '../access/session-access.js';
import { COMMANDS } from '../ports.js';
import { sessionBody } from './session-body.js';

@Controller('api/sessions')
export class SessionsController {
  constructor(@Inject(COMMANDS) private readonly commands: OrchestratorCommands) {}

  @Post()
  @HttpCode(201)
  @RequireScope('sessions:write')
  async create(@Body() body: unknown, @CurrentPrincipal() principal: Principal): Promise<SessionBody> {
    const { session_id: sessionId, title } = parseCreate(body);
    const session = await this.commands.createSession({
      principal,
      ...(sessionId === undefined ? {} : { sessionId }),
      ...(title === undefined ? {} : { title }),
    });
    return sessionBody(session, principal);
  }

  @Get()
  @RequireScope('sessions:read')
  async list(@Query() query: unknown, @CurrentPrincipal() principal: Principal): Promise<SessionListBody> {
    const { limit, cursor } = parseQuery(sessionListQuerySchema, query);
    const asked = { principal, limit, ...(cursor === undefined ? {} : { after: cursor }) };
    const sessions = await this.commands.listSessions(asked);
    const last = sessions.length < limit ? undefined : sessions.at(-1);
    return {
      sessions: sessions.map((session) => sessionBody(session, principal)),
      ...(last === undefined ? {} : { next: `${last.createdAtMs}.${last.sessionId}` }),
    };
  }

  @Get(':session_id')
  @RequireScope('sessions:read')
  async get(@Param('session_id') id: string, @CurrentPrincipal() principal: Principal): Promise<SessionBody> {
    const { sessionId } = sessionKeyOf(principal, id);
    return sessionBody(await this.commands.getSession({ principal, sessionId }), principal);
  }

  @Put(':session_id')
  @RequireScope('sessions:write')
  async rename(
    @Param('session_id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<SessionBody> {
    const { sessionId } = sessionKeyOf(principal, id);
    const { title } = parseBody(renameSessionBodySchema, body);
    return sessionBody(await this.commands.renameSession({ principal, sessionId, title }), principal);
  }

  /** The session's agents, measured from its stored events. */
  @Get(':session_id/agent-network')
  @RequireScope('sessions:read')
  async agents(
    @Param('session_id') id: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<AgentNetworkSnapshot> {
    const { sessionId } = sessionKeyOf(principal, id);
    return this.commands.getAgentNetwork({ principal, sessionId });
  }

  /** Cancels an active run and ends every stream of the session; its id is never used again. */
  @Delete(':session_id')
  @HttpCode(204)
  @RequireScope('sessions:write')
  async remove(@Param('session_id') id: string, @CurrentPrincipal() principal: Principal): Promise<void> {
    const { sessionId } = sessionKeyOf(principal, id);
    await this.commands.deleteSession({ principal, sessionId });
  }

  /** Lets another principal of the tenant read. */
  @Put(':session_id/readers/:principal')
  @HttpCode(204)
  @RequireScope('sessions:write')
  async share(
    @Param('session_id') id: string,
    @Param('principal') reader: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const { sessionId } = sessionKeyOf(principal, id);
    await this.commands.shareSession({ principal, sessionId, reader: readerOf(reader) });
  }

  /** Takes it back; the reader's live streams are cut. */
  @Delete(':session_id/readers/:principal')
  @HttpCode(204)
  @RequireScope('sessions:write')
  async unshare(
    @Param('session_id') id: string,
    @Param('principal') reader: string,
    @CurrentPrincipal() principal: Principal,
  ): Promise<void> {
    const { sessionId } = sessionKeyOf(principal, id);
    await this.commands.unshareSession({ principal, sessionId, reader: readerOf(reader) });
  }
}

function readerOf(text: string): string {
  if (!isPrincipalId(text)) throw new VanaError('invalid_principal');
  return text;
}

/** A body may be left out: everything in it is optional. A malformed id has the code that it has in a path. */
function parseCreate(body: unknown): CreateSessionBody {
  const given = body ?? {};
  if (typeof given === 'object' && 'session_id' in given && typeof given.session_id === 'string') {
    if (!isValidId(given.session_id)) throw new VanaError('invalid_session_id');
  }
  return parseBody(createSessionBodySchema, given);
}
