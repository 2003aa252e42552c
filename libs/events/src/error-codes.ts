// The one table of error codes: what happened, the HTTP status at the door, whether trying again can help.
// docs/errors.md lists the same codes; a test keeps the two equal.

export const ERROR_CATEGORIES = [
  'connection',
  'stream',
  'parsing',
  'authentication',
  'authorization',
  'timeout',
  'rate_limit',
  'validation',
  'conflict',
  'not_found',
  'internal',
] as const;
export type ErrorCategory = (typeof ERROR_CATEGORIES)[number];

interface ErrorCodeEntry {
  readonly status: number;
  readonly category: ErrorCategory;
  readonly retryable: boolean;
  /** Constant sentence for the caller; details go into separate fields. */
  readonly message: string;
}

const entry = (status: number, category: ErrorCategory, retryable: boolean, message: string): ErrorCodeEntry => ({
  status,
  category,
  retryable,
  message,
});

export const ERROR_CODES = {
  // Input
  bad_json: entry(400, 'parsing', false, 'The request body is not valid JSON.'),
  invalid_body: entry(400, 'validation', false, 'The request body does not have the required shape.'),
  invalid_query: entry(400, 'validation', false, 'A query parameter has an invalid value.'),
  invalid_header: entry(400, 'validation', false, 'A request header has an invalid value.'),
  invalid_session_id: entry(400, 'validation', false, 'A session id must match ^[A-Za-z0-9_-]{1,64}$.'),
  invalid_run_id: entry(400, 'validation', false, 'A run id must match ^[A-Za-z0-9_-]{1,64}$.'),
  question_empty: entry(400, 'validation', false, 'The question is empty.'),
  question_too_long: entry(400, 'validation', false, 'The question is longer than 10,000 characters.'),
  invalid_channels: entry(
    400,
    'validation',
    false,
    'channels must name agents, research or chat, separated by commas.',
  ),
  invalid_stream_path: entry(400, 'validation', false, 'The path does not name an event stream of this service.'),
  token_in_query: entry(
    400,
    'authentication',
    false,
    'A token in the URL is refused: send it as Authorization: Bearer.',
  ),
  invalid_principal: entry(400, 'validation', false, 'A principal id must have 1 to 128 characters, none of control.'),
  weak_session_id: entry(400, 'validation', false, 'Without a token, a session id must hold at least 128 random bits.'),
  credentials_conflict: entry(400, 'authentication', false, 'The cookie and the bearer token are of two principals.'),
  malformed_request: entry(400, 'validation', false, 'The request is not valid HTTP.'),
  url_too_long: entry(414, 'validation', false, 'The URL is too long.'),
  headers_too_large: entry(431, 'validation', false, 'The request headers are too large.'),
  request_timeout: entry(408, 'timeout', true, 'The request did not arrive in time.'),
  body_too_large: entry(413, 'validation', false, 'The request body is too large.'),
  unsupported_media_type: entry(415, 'validation', false, 'The request body must be application/json.'),
  // Who and whether
  unauthenticated: entry(401, 'authentication', false, 'A valid bearer token is required.'),
  insufficient_scope: entry(403, 'authorization', false, 'The token lacks the scope that this request needs.'),
  origin_refused: entry(403, 'authorization', false, 'Pages of this origin may not use the session cookie.'),
  csrf_mismatch: entry(403, 'authorization', false, 'X-CSRF-Token does not belong to the session cookie.'),
  not_found: entry(404, 'not_found', false, 'No such resource.'),
  session_not_found: entry(404, 'not_found', false, 'No such session.'),
  run_not_found: entry(404, 'not_found', false, 'No such run.'),
  message_not_found: entry(404, 'not_found', false, 'No such message in the session.'),
  connection_not_found: entry(404, 'not_found', false, 'No such open connection.'),
  method_not_allowed: entry(405, 'validation', false, 'The method is not supported by this resource.'),
  session_gone: entry(410, 'not_found', false, 'The session was deleted.'),
  // State
  session_exists: entry(409, 'conflict', false, 'A session with this id exists already.'),
  too_many_readers: entry(409, 'conflict', false, 'The session is shared with too many readers.'),
  run_active: entry(409, 'conflict', true, 'A run is active on this session.'),
  run_finished: entry(409, 'conflict', false, 'The run has ended already.'),
  idempotency_mismatch: entry(422, 'conflict', false, 'The idempotency key was used with another request.'),
  // Load
  too_many_connections: entry(429, 'rate_limit', true, 'Too many open connections.'),
  rate_limited: entry(429, 'rate_limit', true, 'Too many requests.'),
  run_quota_exceeded: entry(429, 'rate_limit', true, 'The quota of runs is used up.'),
  too_many_runs: entry(429, 'rate_limit', true, 'Too many runs at once.'),
  // Servers and peers
  no_broadcaster: entry(503, 'connection', true, 'No broadcaster can be reached.'),
  no_orchestrator: entry(503, 'connection', true, 'No orchestrator answered.'),
  broadcaster_timeout: entry(504, 'timeout', true, 'The broadcaster did not answer in time.'),
  bus_unavailable: entry(503, 'connection', true, 'The message bus cannot be reached.'),
  store_unavailable: entry(503, 'connection', true, 'The session store cannot be reached.'),
  history_unavailable: entry(503, 'connection', true, 'The event history cannot be reached.'),
  publish_unknown: entry(
    503,
    'timeout',
    true,
    'It is not known whether the event was stored: publish again with the same id.',
  ),
  publish_fenced: entry(409, 'conflict', false, 'Another owner has taken this run over.'),
  event_too_large: entry(413, 'validation', false, 'The event is larger than 256 KiB.'),
  invalid_event: entry(400, 'validation', false, 'The event does not match its schema.'),
  store_conflict: entry(503, 'conflict', true, 'The record was changed by somebody else meanwhile.'),
  shutting_down: entry(503, 'connection', true, 'The service is shutting down.'),
  // Runs
  engine_failed: entry(500, 'internal', true, 'The research engine failed.'),
  model_unavailable: entry(503, 'connection', true, 'The language model does not answer.'),
  model_refused: entry(502, 'validation', false, 'The language model server refused the request.'),
  corpus_missing: entry(500, 'validation', false, 'The document corpus folder does not exist.'),
  corpus_empty: entry(500, 'validation', false, 'The document corpus holds no readable document.'),
  run_lost: entry(500, 'internal', true, 'The orchestrator that worked on the run was lost.'),
  // Start-up
  settings_invalid: entry(500, 'validation', false, 'Settings are missing or invalid.'),
  stream_mismatch: entry(500, 'validation', false, 'The bus stream exists with settings that cannot be changed.'),
  port_in_use: entry(500, 'connection', false, 'The port is in use.'),
  internal: entry(500, 'internal', true, 'An unexpected error occurred.'),
} as const satisfies Record<string, ErrorCodeEntry>;

export type ErrorCode = keyof typeof ERROR_CODES;

/** The JSON body of every HTTP error answer. */
export interface ErrorBody {
  readonly error: {
    readonly code: ErrorCode;
    readonly category: ErrorCategory;
    readonly message: string;
    readonly retryable: boolean;
    readonly details?: Record<string, unknown>;
  };
}
