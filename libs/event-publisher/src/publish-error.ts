// What a publisher's promises reject with.
import type { ErrorBody } from '@vana/events';

/** `code` is one of docs/errors.md, or `unreachable` (no answer in time), `closed`, `buffer_full`. */
export class PublishError extends Error {
  readonly code: string;
  readonly status: number | undefined;
  /** The same event may be published again later. */
  readonly retryable: boolean;
  readonly details: Readonly<Record<string, unknown>>;

  constructor(
    code: string,
    message: string,
    more: { status?: number; retryable?: boolean; details?: Record<string, unknown> | undefined; cause?: unknown } = {},
  ) {
    super(message, more.cause === undefined ? undefined : { cause: more.cause });
    this.name = 'PublishError';
    this.code = code;
    this.status = more.status;
    this.retryable = more.retryable ?? false;
    this.details = more.details ?? {};
  }

  static async ofAnswer(response: Response): Promise<PublishError> {
    const { status } = response;
    const body = (await response.json().catch(() => undefined)) as Partial<ErrorBody> | undefined;
    const error = body?.error;
    if (error === undefined) {
      // Not ours: a proxy in between.
      return new PublishError('unreachable', `answered with status ${status}`, { status, retryable: status >= 500 });
    }
    const { code, message, retryable, details } = error;
    return new PublishError(code, message, { status, retryable, details });
  }
}
