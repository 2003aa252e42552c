// Starting a run, looking at it, asking it to stop.
import { Body, Controller, Delete, Get, Headers, HttpCode, Inject, Param, Post } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import { parseStartRun, type Principal, type RunBody, type StartRunAnswer } from '@vana/events';
import { CountsAsRun } from '@vana/front-door';
import type { OrchestratorCommands } from '@vana/run-state';
import { sessionKeyOf } from '../access/session-access.js';
import { COMMANDS } from '../ports.js';
import { idempotencyKeyOf } from './idempotency-key.js';
import { runBody, runIdOf, startRunAnswer } from './run-body.js';

@Controller('api')
export class RunsController {
  constructor(@Inject(COMMANDS) private readonly commands: OrchestratorCommands) {}

  @Post('run_sse/:session_id')
  @HttpCode(202)
  @CountsAsRun()
  @RequireScope('runs:start')
  async start(
    @Param('session_id') id: string,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<StartRunAnswer> {
    const { sessionId } = sessionKeyOf(principal, id);
    const idempotencyKey = idempotencyKeyOf(keyHeader);
    const { query, onActive } = parseStartRun(body);
    const run = await this.commands.startRun({
      principal,
      sessionId,
      query,
      onActive,
      ...(idempotencyKey === undefined ? {} : { idempotencyKey }),
    });
    return startRunAnswer(run);
  }

  /** Asks the question of an ended run again; asked twice it gives the same new run. */
  @Post('runs/:run_id/retry')
  @HttpCode(202)
  @RequireScope('runs:start')
  async retry(@Param('run_id') id: string, @CurrentPrincipal() principal: Principal): Promise<StartRunAnswer> {
    return startRunAnswer(await this.commands.retryRun({ principal, runId: runIdOf(id) }));
  }

  @Get('runs/:run_id')
  @RequireScope('sessions:read')
  async get(@Param('run_id') id: string, @CurrentPrincipal() principal: Principal): Promise<RunBody> {
    return runBody(await this.commands.getRun({ principal, runId: runIdOf(id) }));
  }

  /** Asks for the end and does not wait for it: `research_complete` on the stream tells of it. */
  @Delete('runs/:run_id')
  @RequireScope('runs:start')
  async cancel(@Param('run_id') id: string, @CurrentPrincipal() principal: Principal): Promise<RunBody> {
    return runBody(await this.commands.cancelRun({ principal, runId: runIdOf(id) }));
  }
}
