// Parameters of the HTTP routes, by the name that `http-routes.ts` uses.
import { CHANNELS } from '../stored-event.js';
import type { Json } from './json.js';

const SCHEMAS = '#/components/schemas/';
const path = (name: string, description: string): Json => ({
  name,
  in: 'path',
  required: true,
  description,
  schema: { $ref: `${SCHEMAS}Id` },
});
const query = (name: string, description: string, schema: Json): Json => ({ name, in: 'query', description, schema });
const limit = (most: number, fallback: number, what: string): Json =>
  query('limit', what, { type: 'integer', minimum: 1, maximum: most, default: fallback });
const anyPosition = { type: 'string' };
const resumeNote = 'Anything that is not a position of this session’s stream gets the verdict `reset`, never an error.';

export const PARAMETERS: Readonly<Record<string, Json>> = {
  session_id: path('session_id', 'Session.'),
  run_id: path('run_id', 'Run.'),
  message_id: { ...path('message_id', 'Message.'), schema: { type: 'string', minLength: 1, maxLength: 128 } },
  ofSession: {
    ...query('session_id', 'The session that the message is in.', { $ref: `${SCHEMAS}Id` }),
    required: true,
  },
  sessionCursor: query('cursor', '`next` of the page before.', { type: 'string' }),
  producer: query('producer', 'Who counts the `seq` of the events; one per publishing process.', {
    ...{ type: 'string', pattern: '^[A-Za-z0-9_-]{1,40}$' },
  }),
  connection_id: path('connection_id', 'Connection: `connectionId` of the stream’s first block.'),
  principal: {
    ...path('principal', 'Principal of the same tenant: the `sub` of its tokens.'),
    schema: { type: 'string', minLength: 1, maxLength: 128 },
  },
  stream_path: {
    ...path('stream_path', 'One of `run_sse/{session_id}`, `agent_network_sse/{session_id}`, `stream/{session_id}`.'),
    schema: { type: 'string' },
  },
  path: {
    ...query('path', 'As the path of `/api/sse/{stream_path}`; `api/` in front of it is allowed.', { type: 'string' }),
    required: true,
  },
  IdempotencyKey: {
    name: 'Idempotency-Key',
    in: 'header',
    description: 'The same key with the same request gives the same run; with another request 422.',
    schema: { type: 'string', pattern: '^[\\x21-\\x7e]{1,255}$' },
  },
  LastEventId: {
    name: 'Last-Event-ID',
    in: 'header',
    description: `Resume after this position; wins over the query parameter. ${resumeNote}`,
    schema: anyPosition,
  },
  lastEventId: query('lastEventId', `Resume after this position. ${resumeNote}`, anyPosition),
  replay: query('replay', 'What is replayed to a reader without a position. Default: the recent events.', {
    anyOf: [
      { type: 'string', enum: ['none', 'all', 'merged'] },
      { type: 'integer', minimum: 0, description: 'The last N.' },
    ],
  }),
  delivery: query('delivery', 'adaptive: while this reader lags, full-state events come in their newest state only.', {
    type: 'string',
    enum: ['exact', 'adaptive'],
    default: 'exact',
  }),
  error_event: query('error_event', 'Name for events of the type `error`, e.g. `run_error`, for native EventSource.', {
    type: 'string',
    pattern: '^[A-Za-z0-9_.-]{1,64}$',
  }),
  channels: {
    ...query('channels', 'Comma-separated. Default: all.', {
      type: 'array',
      items: { type: 'string', enum: [...CHANNELS] },
    }),
    style: 'form',
    explode: false,
  },
  cursor: query('cursor', `\`cursor\` of the answer before. ${resumeNote}`, anyPosition),
  wait: query('wait', 'Seconds to wait for an event when there is none.', {
    type: 'integer',
    minimum: 0,
    maximum: 55,
    default: 25,
  }),
  after: query('after', `\`next\` of the page before. ${resumeNote}`, anyPosition),
  eventLimit: limit(500, 100, 'Events on the page, at most.'),
  sessionLimit: limit(200, 50, 'Sessions, at most.'),
  historyLimit: limit(500, 50, 'Events, at most.'),
};
