// Limits, told to whoever accepts an event stream in a way that lets a native EventSource come back.
import type { VanaError } from '@vana/events';
import { SSE_HEADERS } from '@vana/sse-wire';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { clientPosition, closingBlock } from '../closing-block.js';

/** As `AnswerError`. */
export function answerLimitOnStream(error: VanaError, request: FastifyRequest, reply: FastifyReply): boolean {
  if (error.status !== 429 || request.method !== 'GET' || !acceptsEventStream(request)) return false;
  const { retryAfterS } = error.details ?? {};
  const reason = error.code === 'too_many_connections' ? 'too_many_connections' : 'rate_limited';
  const notBeforeS = typeof retryAfterS === 'number' ? retryAfterS : undefined;
  void reply
    .status(200)
    .headers(SSE_HEADERS)
    .send(closingBlock(reason, clientPosition(request), notBeforeS));
  return true;
}

function acceptsEventStream({ headers }: FastifyRequest): boolean {
  return (headers.accept ?? '').split(',').some((range) => range.split(';')[0]!.trim() === 'text/event-stream');
}
