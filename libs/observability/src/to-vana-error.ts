// Whatever was thrown while a request was handled becomes one of our error codes. Decided by codes and
// statuses only; the text of a foreign error never leaves the service.
import { HttpException } from '@nestjs/common';
import { VanaError, type ErrorCode } from '@vana/events';
import { codeOf } from './code-of.js';

const FASTIFY_CODES: Readonly<Record<string, ErrorCode>> = {
  FST_ERR_CTP_INVALID_JSON_BODY: 'bad_json',
  FST_ERR_CTP_EMPTY_JSON_BODY: 'bad_json',
  FST_ERR_CTP_INVALID_CONTENT_LENGTH: 'bad_json',
  FST_ERR_CTP_BODY_TOO_LARGE: 'body_too_large',
  FST_ERR_CTP_INVALID_MEDIA_TYPE: 'unsupported_media_type',
  FST_ERR_CTP_EMPTY_TYPE: 'unsupported_media_type',
  FST_ERR_BAD_URL: 'not_found',
  FST_ERR_MAX_PARAM_LENGTH: 'not_found',
};

const STATUS_CODES: Readonly<Record<number, ErrorCode>> = {
  400: 'invalid_body',
  401: 'unauthenticated',
  403: 'insufficient_scope',
  404: 'not_found',
  405: 'method_not_allowed',
  413: 'body_too_large',
  415: 'unsupported_media_type',
  429: 'too_many_connections',
};

export function toVanaError(thrown: unknown): VanaError {
  if (thrown instanceof VanaError) return thrown;
  const code = foreignCode(thrown) ?? 'internal';
  return new VanaError(code, { cause: thrown });
}

function foreignCode(thrown: unknown): ErrorCode | undefined {
  // Nest wraps some of Fastify's errors; the original, with its code, is then the cause.
  for (const error of [thrown, thrown instanceof Error ? thrown.cause : undefined]) {
    const code = codeOf(error);
    if (code !== undefined && code in FASTIFY_CODES) return FASTIFY_CODES[code];
    // Fastify's JSON parser lets the engine's SyntaxError through with a status.
    if (error instanceof SyntaxError && 'statusCode' in error && error.statusCode === 400) return 'bad_json';
  }
  return thrown instanceof HttpException ? STATUS_CODES[thrown.getStatus()] : undefined;
}
