// The door for agents outside: their events, and runs that they work on themselves.
import { Body, Controller, Headers, HttpCode, Inject, Param, Post, Query } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import {
  finishRunBodySchema,
  parseBody,
  parseQuery,
  producerSchema,
  startOutsideRunBodySchema,
  type Principal,
  type PublishedBody,
  type RunBody,
} from '@vana/events';
import type { OrchestratorCommands } from '@vana/run-state';
import { z } from 'zod';
import { sessionKeyOf } from '../access/session-access.js';
import { COMMANDS } from '../ports.js';
import { idempotencyKeyOf } from '../runs/idempotency-key.js';
import { runBody, runIdOf } from '../runs/run-body.js';
import { eventsOf } from './event-lines.js';

const querySchema = z.object({ producer: producerSchema.optional() });

@Controller('api')
@RequireScope('events:publish')
export class OutsideController {
  constructor(@Inject(COMMANDS) private readonly commands: OrchestratorCommands) {}

  /** Answered when all events are stored. */
  @Post('events/:session_id')
  @HttpCode(200)
  async publish(
    @Param('session_id') id: string,
    @Query() query: unknown,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PublishedBody> {
    const { sessionId } = sessionKeyOf(principal, id);
    const { producer } = parseQuery(querySchema, query);
    const batch = { principal, sessionId, events: eventsOf(body) };
    const stored = await this.commands.publishEvents(producer === undefined ? batch : { ...batch, producer });
    return { session_id: sessionId, ...stored };
  }

  @Post('runs')
  @HttpCode(201)
  async start(
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RunBody> {
    const idempotencyKey = idempotencyKeyOf(keyHeader);
    const { session_id: sessionId, query } = parseBody(startOutsideRunBodySchema, body);
    const start = { principal, sessionId, query };
    return runBody(
      await this.commands.startOutsideRun(idempotencyKey === undefined ? start : { ...start, idempotencyKey }),
    );
  }

  @Post('runs/:run_id/finish')
  @HttpCode(200)
  async finish(
    @Param('run_id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RunBody> {
    const runId = runIdOf(id);
    const { status, final_report: finalReport, reason } = parseBody(finishRunBodySchema, body ?? {});
    const end = { principal, runId, status, finalReport };
    return runBody(await this.commands.finishRun(reason === undefined ? end : { ...end, reason }));
  }
}
