// What people do with messages. The session that a message is in comes with the request: it decides who may.
import { Body, Controller, Delete, Headers, HttpCode, Inject, Param, Post, Put, Query } from '@nestjs/common';
import { CurrentPrincipal, RequireScope } from '@vana/access-token';
import {
  VanaError,
  deleteMessageQuerySchema,
  editMessageBodySchema,
  feedbackBodySchema,
  parseBody,
  parseQuery,
  postMessageBodySchema,
  regenerateBodySchema,
  type MessageActionAnswer,
  type PostMessageAnswer,
  type Principal,
  type RegenerateAnswer,
} from '@vana/events';
import type { MessageChange, OrchestratorCommands } from '@vana/run-state';
import { sessionKeyOf } from '../access/session-access.js';
import { COMMANDS } from '../ports.js';
import { idempotencyKeyOf } from '../runs/idempotency-key.js';

const MAX_ID_CHARACTERS = 128;

@Controller('api')
export class MessagesController {
  constructor(@Inject(COMMANDS) private readonly commands: OrchestratorCommands) {}

  @Post('sessions/:session_id/messages')
  @HttpCode(202)
  @RequireScope('runs:start')
  async post(
    @Param('session_id') id: string,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<PostMessageAnswer> {
    const { sessionId } = sessionKeyOf(principal, id);
    const message = { principal, sessionId, ...parseBody(postMessageBodySchema, body) };
    const { messageId, runId } = await this.commands.postMessage({ ...message, ...keyOf(keyHeader) });
    return { session_id: sessionId, message_id: messageId, ...(runId === undefined ? {} : { run_id: runId }) };
  }

  @Post('messages/:message_id/regenerate')
  @HttpCode(202)
  @RequireScope('runs:start')
  async regenerate(
    @Param('message_id') id: string,
    @Headers('idempotency-key') keyHeader: string | undefined,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<RegenerateAnswer> {
    const messageId = messageIdOf(id);
    const { session_id: sessionId } = parseBody(regenerateBodySchema, body);
    const run = await this.commands.regenerateMessage({ principal, sessionId, messageId, ...keyOf(keyHeader) });
    return { session_id: sessionId, message_id: messageId, task_id: run.runId };
  }

  @Put('messages/:message_id')
  @RequireScope('sessions:write')
  async edit(
    @Param('message_id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MessageActionAnswer> {
    const messageId = messageIdOf(id);
    const { session_id: sessionId, content } = parseBody(editMessageBodySchema, body);
    return answer(sessionId, messageId, await this.commands.editMessage({ principal, sessionId, messageId, content }));
  }

  @Delete('messages/:message_id')
  @RequireScope('sessions:write')
  async remove(
    @Param('message_id') id: string,
    @Query() query: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MessageActionAnswer> {
    const messageId = messageIdOf(id);
    const { session_id: sessionId } = parseQuery(deleteMessageQuerySchema, query);
    return answer(sessionId, messageId, await this.commands.deleteMessage({ principal, sessionId, messageId }));
  }

  @Post('messages/:message_id/feedback')
  @HttpCode(200)
  @RequireScope('sessions:read')
  async judge(
    @Param('message_id') id: string,
    @Body() body: unknown,
    @CurrentPrincipal() principal: Principal,
  ): Promise<MessageActionAnswer> {
    const messageId = messageIdOf(id);
    const { session_id: sessionId, type, reason } = parseBody(feedbackBodySchema, body);
    const feedback = { principal, sessionId, messageId, type, ...(reason === undefined ? {} : { reason }) };
    return answer(sessionId, messageId, await this.commands.giveFeedback(feedback));
  }
}

function keyOf(header: string | undefined): { idempotencyKey?: string } {
  const idempotencyKey = idempotencyKeyOf(header);
  return idempotencyKey === undefined ? {} : { idempotencyKey };
}

function messageIdOf(text: string): string {
  if (text === '' || text.length > MAX_ID_CHARACTERS) throw new VanaError('message_not_found');
  return text;
}

function answer(sessionId: string, messageId: string, change: MessageChange): MessageActionAnswer {
  const { position, deletedMessageIds, feedbackId } = change;
  return {
    session_id: sessionId,
    message_id: messageId,
    ...(position === undefined ? {} : { position }),
    deleted_message_ids: [...deletedMessageIds],
    ...(feedbackId === undefined ? {} : { feedback_id: feedbackId }),
  };
}
