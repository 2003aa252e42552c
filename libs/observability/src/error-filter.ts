// The one place where an error becomes an HTTP answer: its code's status and the `ErrorBody` JSON.
import { Catch, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { VanaError } from '@vana/events';
import type { Logger } from './logger.js';
import { toVanaError } from './to-vana-error.js';

@Catch()
export class ErrorFilter implements ExceptionFilter {
  constructor(
    private readonly logger: Logger,
    private readonly answerError?: AnswerError,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    if (host.getType() !== 'http') throw thrown;
    const http = host.switchToHttp();
    const [request, reply] = [http.getRequest<FastifyRequest>(), http.getResponse<FastifyReply>()];
    answerWithError(thrown, request, reply, this.logger, this.answerError);
  }
}

/** Answers an error otherwise than as `ErrorBody`; returns whether it has. */
export type AnswerError = (error: VanaError, request: FastifyRequest, reply: FastifyReply) => boolean;

export function answerWithError(
  thrown: unknown,
  request: FastifyRequest,
  reply: FastifyReply,
  logger: Logger,
  answerError: AnswerError = () => false,
): void {
  const error = toVanaError(thrown);
  if (error.code === 'internal') {
    // The route's pattern, not the URL: a URL may carry what must not be logged.
    const fields = { err: thrown, method: request.method, route: request.routeOptions?.url };
    logger.error(fields, 'request failed unexpectedly');
  }
  if (reply.raw.headersSent || reply.sent) {
    // The answer has begun and has no status any more: breaking it off is the only honest sign.
    reply.raw.destroy();
    return;
  }
  if (answerError(error, request, reply)) return;
  const { retryAfterS } = error.details ?? {};
  if (typeof retryAfterS === 'number') void reply.header('Retry-After', retryAfterS);
  if (error.status === 401) void reply.header('WWW-Authenticate', 'Bearer');
  void reply.status(error.status).header('Cache-Control', 'no-store').send(error.toBody());
}
