// A transport carries one connection: it opens, delivers blocks, and says how it ended.
import { StreamError } from '../states.js';
import type { RawBlock, StreamMessage } from '../stream-event.js';

export interface TransportRequest {
  readonly url: URL;
  /** Without `Last-Event-ID`; `Authorization` when the client holds a token. */
  readonly headers: Readonly<Record<string, string>>;
  /** Of the fetch transport. */
  readonly method: string;
  readonly body: string | undefined;
  /** Cookies are sent along. */
  readonly withCredentials: boolean;
  /** Where to resume. */
  readonly position: string | undefined;
  readonly signal: AbortSignal;
  readonly fetch: typeof fetch;
}

export interface TransportSink {
  /** The first byte of a good answer is here. */
  opened(): void;
  /** Something came, if only a comment. */
  alive(): void;
  /** The server's `retry:`, ms. */
  retry(ms: number): void;
  /** A block as it came, `data` as text. */
  message(message: StreamMessage): void;
  /** A block that was parsed already. */
  block(block: RawBlock): void;
  readonly comment?: (text: string) => void;
  /** Waits for a slow taker; nothing is read meanwhile. */
  ready(): Promise<void> | undefined;
}

/** `ended`: there is nothing more to come, ever (204). `broken`: the connection is over. */
export type TransportEnd = 'ended' | 'broken';

/** @throws StreamError when it was refused; a rejected `signal` ends it as `broken` */
export type Transport = (request: TransportRequest, sink: TransportSink) => Promise<TransportEnd>;

/** The request; every failure has a category. */
export async function request(
  url: URL,
  headers: Record<string, string>,
  given: TransportRequest,
  body: { method?: string; body?: string } = {},
): Promise<Response> {
  const { fetch, headers: common, signal, withCredentials } = given;
  let response: Response;
  try {
    const credentials = withCredentials ? 'include' : 'same-origin';
    const all = { ...headers, ...common };
    response = await fetch(url, { ...body, headers: all, cache: 'no-store', credentials, signal });
  } catch (cause) {
    throw new StreamError('connection', 'The server cannot be reached.', { cause });
  }
  if (response.status === 200 || response.status === 204) return response;
  throw await refusal(response);
}

async function refusal(response: Response): Promise<StreamError> {
  const { status } = response;
  const details = { status, ...retryAfter(response), ...(await codeOf(response)) };
  if (status === 401) return new StreamError('authentication', 'The token was not accepted.', details);
  if (status === 429) return new StreamError('rate_limit', 'Too many requests.', details);
  if (status === 408 || status === 504)
    return new StreamError('timeout', 'The server did not answer in time.', details);
  if (status >= 500) return new StreamError('connection', `The server answered ${status}.`, details);
  return new StreamError('authorization', `The server refused the stream (${status}).`, details);
}

function retryAfter({ headers }: Response): { retryAfterMs?: number } {
  const text = headers.get('retry-after');
  if (text === null) return {};
  const ms = /^\d+$/.test(text) ? Number(text) * 1_000 : Date.parse(text) - Date.now();
  return Number.isNaN(ms) ? {} : { retryAfterMs: Math.max(0, ms) };
}

async function codeOf(response: Response): Promise<{ code?: string }> {
  try {
    const body = (await response.json()) as { error?: { code?: unknown } };
    return typeof body.error?.code === 'string' ? { code: body.error.code } : {};
  } catch {
    return {};
  }
}
