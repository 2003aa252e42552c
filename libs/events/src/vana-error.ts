// The error that our code throws. Callers decide by `code`, never by the message text.
import { ERROR_CODES, type ErrorBody, type ErrorCategory, type ErrorCode } from './error-codes.js';

export class VanaError extends Error {
  readonly code: ErrorCode;
  /** Facts for the caller (an active run's id, bad fields): never tokens, never payloads. */
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, options: { details?: Record<string, unknown>; cause?: unknown } = {}) {
    super(ERROR_CODES[code].message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'VanaError';
    this.code = code;
    this.details = options.details;
  }

  get status(): number {
    return ERROR_CODES[this.code].status;
  }

  get category(): ErrorCategory {
    return ERROR_CODES[this.code].category;
  }

  get retryable(): boolean {
    return ERROR_CODES[this.code].retryable;
  }

  toBody(): ErrorBody {
    return {
      error: {
        code: this.code,
        category: this.category,
        message: this.message,
        retryable: this.retryable,
        ...(this.details === undefined ? {} : { details: this.details }),
      },
    };
  }

  /** Rebuilds an error that crossed a process boundary as an `ErrorBody`. */
  static fromBody(body: ErrorBody): VanaError {
    const known = body.error.code in ERROR_CODES ? body.error.code : 'internal';
    return new VanaError(known, body.error.details === undefined ? {} : { details: body.error.details });
  }
}
