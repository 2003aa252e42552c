// The gateway's routes as data; `openapi.ts` writes them out. A route's errors are named by code.
import type { ErrorCode } from '../error-codes.js';
import type { Scope } from '../principal.js';

export interface RouteAnswer {
  readonly status: number;
  readonly description: string;
  /** Name among the schemas; absent for answers without a JSON body. */
  readonly schema?: string;
  /** Default application/json where there is a schema. */
  readonly mediaType?: string;
}

export interface HttpRoute {
  readonly method: 'get' | 'post' | 'put' | 'delete';
  readonly path: string;
  readonly operationId: string;
  readonly tag: 'Runs' | 'Streams' | 'Sessions' | 'Sign-in' | 'Operations';
  readonly summary: string;
  readonly description?: string;
  /** `undefined`: no token needed. */
  readonly scope: Scope | undefined;
  /** Names among `PARAMETERS`. */
  readonly parameters: readonly string[];
  readonly body?: { readonly schema: string; readonly required: boolean };
  readonly answers: readonly RouteAnswer[];
  readonly errors: readonly ErrorCode[];
}

const EVENT_STREAM = 'text/event-stream';
const ofSession = ['invalid_session_id', 'session_not_found', 'session_gone', 'store_unavailable'] as const;
const ofRun = ['invalid_run_id', 'run_not_found', 'no_orchestrator', 'store_unavailable'] as const;
const ofBroadcaster = ['invalid_query', 'no_broadcaster', 'broadcaster_timeout', 'bus_unavailable'] as const;
const ofJsonBody = ['bad_json', 'invalid_body', 'body_too_large', 'unsupported_media_type'] as const;
const fromPosition = ['LastEventId', 'lastEventId', 'replay'];
const streamAnswers = (what: string): RouteAnswer[] => [
  { status: 200, description: `${what} as Server-Sent Events.`, mediaType: EVENT_STREAM },
  {
    status: 204,
    description: 'The session has ended and the position is at or past its last event: do not reconnect.',
  },
];

export const HTTP_ROUTES: readonly HttpRoute[] = [
  {
    method: 'post',
    path: '/api/run_sse/{session_id}',
    operationId: 'startRun',
    tag: 'Runs',
    summary: 'Start a run',
    description:
      'Creates the session for the caller if the id is unknown. 409 `run_active` names the active run in `details.runId`, unless `on_active` is `cancel`.',
    scope: 'runs:start',
    parameters: ['session_id', 'IdempotencyKey'],
    body: { schema: 'StartRun', required: true },
    answers: [{ status: 202, description: 'The run is accepted.', schema: 'StartRunAnswer' }],
    errors: [
      ...ofSession,
      ...ofJsonBody,
      'invalid_header',
      'question_empty',
      'question_too_long',
      'run_active',
      'idempotency_mismatch',
      'too_many_runs',
      'run_quota_exceeded',
      'no_orchestrator',
    ],
  },
  {
    method: 'get',
    path: '/api/run_sse/{session_id}',
    operationId: 'followResearch',
    tag: 'Streams',
    summary: 'Follow the research and chat channels',
    scope: 'sessions:read',
    parameters: ['session_id', ...fromPosition, 'delivery', 'error_event'],
    answers: streamAnswers('Events of the channels research and chat'),
    errors: [...ofSession, 'invalid_query'],
  },
  {
    method: 'get',
    path: '/agent_network_sse/{session_id}',
    operationId: 'followAgents',
    tag: 'Streams',
    summary: 'Follow the agents channel',
    scope: 'sessions:read',
    parameters: ['session_id', ...fromPosition, 'delivery', 'error_event'],
    answers: streamAnswers('Events of the channel agents'),
    errors: [...ofSession, 'invalid_query'],
  },
  {
    method: 'get',
    path: '/api/stream/{session_id}',
    operationId: 'followChannels',
    tag: 'Streams',
    summary: 'Follow any channels in one connection',
    scope: 'sessions:read',
    parameters: ['session_id', 'channels', ...fromPosition, 'delivery', 'error_event'],
    answers: streamAnswers('Events of the channels asked for'),
    errors: [...ofSession, 'invalid_query', 'invalid_channels'],
  },
  {
    method: 'get',
    path: '/api/sse/{stream_path}',
    operationId: 'followAsBrowser',
    tag: 'Streams',
    summary: 'The same streams under one prefix, for pages with the session cookie',
    description: 'The path is matched against the list of stream routes as it is written: nothing in it is decoded.',
    scope: 'sessions:read',
    parameters: ['stream_path', 'channels', ...fromPosition, 'error_event'],
    answers: streamAnswers('Events of the stream'),
    errors: [...ofSession, 'invalid_stream_path', 'invalid_query', 'invalid_channels'],
  },
  {
    method: 'get',
    path: '/api/sse',
    operationId: 'followByPath',
    tag: 'Streams',
    summary: 'The same, with the path as a parameter',
    scope: 'sessions:read',
    parameters: ['path', 'channels', ...fromPosition, 'error_event'],
    answers: streamAnswers('Events of the stream'),
    errors: [...ofSession, 'invalid_stream_path', 'invalid_query', 'invalid_channels'],
  },
  {
    method: 'post',
    path: '/api/stream/{connection_id}/token',
    operationId: 'extendConnection',
    tag: 'Streams',
    summary: 'Keep a live stream open with a fresh token',
    description: 'The token of this request, of the principal that opened the stream, takes the old one’s place.',
    scope: 'sessions:read',
    parameters: ['connection_id'],
    answers: [{ status: 200, description: 'The stream lives as long as this token.', schema: 'ConnectionToken' }],
    errors: ['connection_not_found', 'no_broadcaster'],
  },
  {
    method: 'get',
    path: '/api/poll/{session_id}',
    operationId: 'poll',
    tag: 'Streams',
    summary: 'The same events by long-polling',
    description: 'Positions are those of the streams: a client can change over in the middle.',
    scope: 'sessions:read',
    parameters: ['session_id', 'channels', 'cursor', 'wait', 'replay'],
    answers: [{ status: 200, description: 'What the stream would have sent.', schema: 'PollAnswer' }],
    errors: [...ofSession, ...ofBroadcaster, 'invalid_channels', 'too_many_connections', 'shutting_down'],
  },
  {
    method: 'get',
    path: '/api/sessions',
    operationId: 'listSessions',
    tag: 'Sessions',
    summary: 'The caller’s sessions, newest first',
    scope: 'sessions:read',
    parameters: ['sessionLimit'],
    answers: [{ status: 200, description: 'Sessions owned by the caller.', schema: 'SessionList' }],
    errors: ['invalid_query', 'no_orchestrator', 'store_unavailable'],
  },
  {
    method: 'post',
    path: '/api/sessions',
    operationId: 'createSession',
    tag: 'Sessions',
    summary: 'Create a session',
    scope: 'sessions:write',
    parameters: [],
    body: { schema: 'CreateSession', required: false },
    answers: [{ status: 201, description: 'The session belongs to the caller.', schema: 'Session' }],
    errors: [
      ...ofJsonBody,
      'invalid_session_id',
      'session_exists',
      'session_gone',
      'no_orchestrator',
      'store_unavailable',
    ],
  },
  {
    method: 'get',
    path: '/api/sessions/{session_id}',
    operationId: 'getSession',
    tag: 'Sessions',
    summary: 'One session',
    scope: 'sessions:read',
    parameters: ['session_id'],
    answers: [{ status: 200, description: 'The session.', schema: 'Session' }],
    errors: [...ofSession, 'no_orchestrator'],
  },
  {
    method: 'delete',
    path: '/api/sessions/{session_id}',
    operationId: 'deleteSession',
    tag: 'Sessions',
    summary: 'Delete a session',
    description: 'Cancels its active run and tells its readers `end`. The id is never used again.',
    scope: 'sessions:write',
    parameters: ['session_id'],
    answers: [{ status: 204, description: 'Deleted.' }],
    errors: [...ofSession, 'no_orchestrator'],
  },
  {
    method: 'put',
    path: '/api/sessions/{session_id}/readers/{principal}',
    operationId: 'shareSession',
    tag: 'Sessions',
    summary: 'Let another principal read a session',
    description: 'For the owner. Sharing what is shared already changes nothing.',
    scope: 'sessions:write',
    parameters: ['session_id', 'principal'],
    answers: [{ status: 204, description: 'The principal may read.' }],
    errors: [...ofSession, 'invalid_principal', 'too_many_readers', 'store_conflict', 'no_orchestrator'],
  },
  {
    method: 'delete',
    path: '/api/sessions/{session_id}/readers/{principal}',
    operationId: 'unshareSession',
    tag: 'Sessions',
    summary: 'Take the right to read back',
    description: 'For the owner. Live streams of the reader end with `closing` {unshared}.',
    scope: 'sessions:write',
    parameters: ['session_id', 'principal'],
    answers: [{ status: 204, description: 'The principal may not read.' }],
    errors: [...ofSession, 'invalid_principal', 'store_conflict', 'no_orchestrator'],
  },
  {
    method: 'get',
    path: '/api/sessions/{session_id}/events',
    operationId: 'listEvents',
    tag: 'Sessions',
    summary: 'Replay as JSON pages',
    scope: 'sessions:read',
    parameters: ['session_id', 'after', 'eventLimit'],
    answers: [{ status: 200, description: 'Stored events after the position, oldest first.', schema: 'EventPage' }],
    errors: [...ofSession, ...ofBroadcaster],
  },
  {
    method: 'get',
    path: '/api/runs/{run_id}',
    operationId: 'getRun',
    tag: 'Runs',
    summary: 'Where a run stands',
    scope: 'sessions:read',
    parameters: ['run_id'],
    answers: [{ status: 200, description: 'The run.', schema: 'Run' }],
    errors: ofRun,
  },
  {
    method: 'delete',
    path: '/api/runs/{run_id}',
    operationId: 'cancelRun',
    tag: 'Runs',
    summary: 'Cancel a run',
    description: 'Names one run; closing a stream never cancels anything. A run that has ended is returned as it is.',
    scope: 'runs:start',
    parameters: ['run_id'],
    answers: [{ status: 200, description: 'The run, asked to stop.', schema: 'Run' }],
    errors: ofRun,
  },
  {
    method: 'get',
    path: '/agent_network_history',
    operationId: 'listAgentEvents',
    tag: 'Sessions',
    summary: 'Recent agent events of the caller’s own sessions',
    scope: 'sessions:read',
    parameters: ['historyLimit'],
    answers: [{ status: 200, description: 'Agent events, oldest first.', schema: 'AgentHistory' }],
    errors: [...ofBroadcaster, 'store_unavailable'],
  },
  {
    method: 'post',
    path: '/auth/session',
    operationId: 'signIn',
    tag: 'Sign-in',
    summary: 'Turn a bearer token into the session cookie of a browser',
    description:
      'Sets `__Host-vana_session` (HttpOnly) and `vana_csrf`; both end with the token. Come again with a fresh token to renew.',
    scope: 'sessions:read',
    parameters: [],
    answers: [{ status: 200, description: 'The cookies are set.', schema: 'BrowserSession' }],
    errors: ['origin_refused'],
  },
  {
    method: 'delete',
    path: '/auth/session',
    operationId: 'signOut',
    tag: 'Sign-in',
    summary: 'Take the cookies away',
    scope: undefined,
    parameters: [],
    answers: [{ status: 204, description: 'The cookies are gone, whether there were any or not.' }],
    errors: ['origin_refused'],
  },
  {
    method: 'post',
    path: '/auth/revocations',
    operationId: 'revoke',
    tag: 'Sign-in',
    summary: 'Revoke a token, a principal’s tokens or a session',
    description:
      'Reaches every pod, cuts live streams with `closing` {revoked}, and is kept until the tokens have expired.',
    scope: 'admin',
    parameters: [],
    body: { schema: 'Revoke', required: true },
    answers: [{ status: 201, description: 'Stored; in force on every pod within two seconds.', schema: 'Revocation' }],
    errors: [...ofJsonBody, 'store_unavailable'],
  },
];
