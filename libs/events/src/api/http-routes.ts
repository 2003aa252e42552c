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
  readonly method: 'get' | 'post' | 'delete';
  readonly path: string;
  readonly operationId: string;
  readonly tag: 'Runs' | 'Streams' | 'Sessions' | 'Operations';
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
];
