// The JSON side of the gateway, as a page needs it: sessions, runs, messages, the browser's sign-in.
import type { BrowserSessionBody, RunBody, SessionBody, SessionListBody, StartRunAnswer } from '@vana/events';
import type { StreamOptions } from './options.js';
import { StreamConnection } from './stream-connection.js';
import { TokenSource, type TokenSupplier } from './token-source.js';

export interface VanaClientOptions {
  /** The gateway, `https://host` or below a path. Default: where the page comes from. */
  readonly baseUrl?: string | URL;
  /** Bearer token, or a function that gets one. Without it the cookie of a signed-in browser authenticates. */
  readonly token?: TokenSupplier;
  readonly fetch?: typeof fetch;
}

/** A refused request. `code` is the server's, see its table of errors. */
export class ApiError extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
    this.name = 'ApiError';
  }
}

/** All channels; research and chat; agents. */
export type StreamRoute = 'api/stream' | 'api/run_sse' | 'agent_network_sse';

export interface FollowOptions extends Omit<StreamOptions, 'url' | 'token'> {
  readonly route?: StreamRoute;
}

export interface StartRunOptions {
  /** An active run of the session: refuse (409 `run_active`, the default) or cancel it first. */
  readonly onActive?: 'refuse' | 'cancel';
  /** A start that is repeated with the same key gives the same run. */
  readonly idempotencyKey?: string;
}

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

export class VanaClient {
  readonly #token: TokenSource;
  readonly #base: string;
  #csrf: string | undefined;

  constructor(private readonly options: VanaClientOptions = {}) {
    this.#token = new TokenSource(options.token);
    this.#base = String(options.baseUrl ?? '').replace(/\/+$/, '');
  }

  /** Follows all channels of a session on one connection, or the channels of an older route. */
  follow(sessionId: string, options: FollowOptions = {}): StreamConnection {
    const { token, fetch: given } = this.options;
    const { route, ...stream } = options;
    return new StreamConnection({
      url: this.streamUrl(sessionId, route),
      ...(token === undefined ? {} : { token }),
      ...(given === undefined ? {} : { fetch: given }),
      ...stream,
    });
  }

  streamUrl(sessionId: string, route: StreamRoute = 'api/stream'): string {
    return `${this.#base}/${route}/${encodeURIComponent(sessionId)}`;
  }

  /** Starts a run in the session, which is made if it is not there. It goes on whoever watches. */
  startRun(sessionId: string, query: string, options: StartRunOptions = {}): Promise<StartRunAnswer> {
    const { onActive, idempotencyKey } = options;
    const body = { query, ...(onActive === undefined ? {} : { on_active: onActive }) };
    const headers: Record<string, string> = idempotencyKey === undefined ? {} : { 'idempotency-key': idempotencyKey };
    return this.#call('POST', `api/run_sse/${encodeURIComponent(sessionId)}`, body, headers);
  }

  getRun(runId: string): Promise<RunBody> {
    return this.#call('GET', `api/runs/${encodeURIComponent(runId)}`);
  }

  /** Asks the run to stop; `research_complete` on the stream tells when it has. */
  cancelRun(runId: string): Promise<RunBody> {
    return this.#call('DELETE', `api/runs/${encodeURIComponent(runId)}`);
  }

  /** The caller's sessions, newest first. @param limit 1..200 */
  async sessions(limit = 50): Promise<readonly SessionBody[]> {
    return (await this.#call<SessionListBody>('GET', `api/sessions?limit=${limit}`)).sessions;
  }

  createSession(given: { sessionId?: string; title?: string } = {}): Promise<SessionBody> {
    const { sessionId, title } = given;
    return this.#call('POST', 'api/sessions', { session_id: sessionId, title });
  }

  getSession(sessionId: string): Promise<SessionBody> {
    return this.#call('GET', `api/sessions/${encodeURIComponent(sessionId)}`);
  }

  /** For good: its runs are cancelled, its streams end. */
  deleteSession(sessionId: string): Promise<void> {
    return this.#call('DELETE', `api/sessions/${encodeURIComponent(sessionId)}`);
  }

  /** The server's own sign-in: a cookie in place of the bearer token, for as long as the token lives. */
  async signIn(): Promise<BrowserSessionBody> {
    const session = await this.#call<BrowserSessionBody>('POST', 'auth/session');
    this.#csrf = session.csrf_token;
    return session;
  }

  async signOut(): Promise<void> {
    await this.#call<void>('DELETE', 'auth/session');
    this.#csrf = undefined;
  }

  /** @throws ApiError when it is refused, TypeError when the server cannot be reached */
  async #call<T>(method: Method, path: string, body?: object, more: Record<string, string> = {}): Promise<T> {
    let response = await this.#send(method, path, body, more, false);
    if (response.status === 401 && this.#token.canRefresh) response = await this.#send(method, path, body, more, true);
    const text = await response.text();
    if (response.ok) return (text === '' ? undefined : JSON.parse(text)) as T;
    throw refusalOf(response.status, text);
  }

  async #send(
    method: Method,
    path: string,
    body: object | undefined,
    more: Record<string, string>,
    refresh: boolean,
  ): Promise<Response> {
    const given = this.options.fetch ?? fetch;
    const token = await this.#token.get(refresh);
    const csrf = method === 'GET' ? undefined : (this.#csrf ?? csrfCookie());
    return given(`${this.#base}/${path}`, {
      method,
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
        ...(csrf === undefined ? {} : { 'x-csrf-token': csrf }),
        ...more,
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  }
}

/** Sent back as a header, it proves that a page of this origin asks. */
function csrfCookie(): string | undefined {
  return typeof document === 'undefined' ? undefined : /(?:^|; )vana_csrf=([^;]*)/.exec(document.cookie)?.[1];
}

function refusalOf(status: number, text: string): ApiError {
  try {
    const { error } = JSON.parse(text) as { error: { code: string; message: string; details?: object } };
    return new ApiError(status, error.code, error.message, { ...error.details });
  } catch {
    return new ApiError(status, 'unknown', `The server answered ${status}.`);
  }
}

/** An id for a session, a message, a key: 22 characters that nobody guesses. */
export function newId(prefix = ''): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return prefix + btoa(String.fromCharCode(...bytes)).replace(/[+/=]/g, (sign) => ({ '+': '-', '/': '_' })[sign] ?? '');
}
