// A Nest application on Fastify as every service has it: JSON bodies only, errors as `ErrorBody`, logs to pino.
import 'reflect-metadata';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { answerClientError } from './client-errors.js';
import { closePromptly } from './close-promptly.js';
import { ErrorFilter, answerWithError, type AnswerError } from './error-filter.js';
import type { Logger } from './logger.js';
import { NestLogger } from './nest-logger.js';

export interface ServiceAppOptions {
  readonly logger: Logger;
  /** Largest request body; 1 MiB by default. A larger one is answered 413 `body_too_large`. */
  readonly bodyLimitBytes?: number;
  /** Options of the Fastify server: TLS, HTTP/2, time-outs, trusted proxies. */
  readonly server?: object;
  /** May answer an error in its own way; returns whether it has. */
  readonly answerError?: AnswerError;
}

const DEFAULT_BODY_LIMIT_BYTES = 1024 * 1024;
/** An over-long id in a path should be told what is wrong with it, not that the route is unknown. */
const MAX_PARAM_LENGTH = 4096;

/** Builds the application without listening; the caller closes it. Faults of the module's providers are thrown. */
export async function createServiceApp(
  module: Type | DynamicModule,
  { logger, bodyLimitBytes = DEFAULT_BODY_LIMIT_BYTES, server = {}, answerError }: ServiceAppOptions,
): Promise<NestFastifyApplication> {
  const adapter = new FastifyAdapter({
    ...server,
    clientErrorHandler: answerClientError,
    bodyLimit: bodyLimitBytes,
    routerOptions: { maxParamLength: MAX_PARAM_LENGTH },
    // A path that cannot be decoded is refused before any route, so no filter sees it.
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) => {
      answerWithError(error, request, reply, logger, answerError);
    },
  });
  const app = await NestFactory.create<NestFastifyApplication>(module, adapter, {
    logger: new NestLogger(logger),
    abortOnError: false,
    // Fastify's own JSON parser: it refuses __proto__ and names its errors.
    bodyParser: false,
  });
  adapter.getInstance().removeContentTypeParser('text/plain');
  closePromptly(adapter.getInstance());
  app.useGlobalFilters(new ErrorFilter(logger, answerError));
  return app;
}
