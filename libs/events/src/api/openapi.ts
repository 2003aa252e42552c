// docs/api/openapi.json and every gateway's /docs/openapi.json.
import { ERROR_CODES, type ErrorCode } from '../error-codes.js';
import { SCHEMA_VERSION } from '../stored-event.js';
import { HTTP_ROUTES, type HttpRoute, type RouteAnswer } from './http-routes.js';
import { OPERATION_ROUTES, OPERATION_SCHEMAS } from './operation-routes.js';
import { PARAMETERS } from './parameters.js';
import { dataName, EVENT_TYPES, namedSchemas } from './schemas.js';
import type { Json } from './json.js';

const SCHEMAS = '#/components/schemas/';
/** Refusals before a route is known, or before a token is looked at. */
const DOOR_ERRORS: readonly ErrorCode[] = [
  ...(['malformed_request', 'request_timeout', 'url_too_long', 'headers_too_large', 'rate_limited'] as const),
];
/** Refusals that every route with a token has. */
const TOKEN_ERRORS: readonly ErrorCode[] = ['token_in_query', 'unauthenticated', 'insufficient_scope', 'internal'];

const EXAMPLE = [
  'event: agent_network_connection',
  'id: k3f9-0',
  'data: {"status":"connected","sessionId":"s1","resume":{"verdict":"fresh","from":"k3f9-0","head":"k3f9-42"}}',
  '',
  'event: research_started',
  'id: k3f9-42',
  'data: {"runId":"r7","query":"…","sessionId":"s1","channel":"research","timestamp":"2026-01-31T12:00:00.000Z"}',
  '',
  '',
].join('\n');

/** OpenAPI 3.1 description of the gateway's routes. A new object at every call. */
export function openApiDocument(): Json {
  const paths: Record<string, Json> = {};
  for (const route of [...HTTP_ROUTES, ...OPERATION_ROUTES]) {
    paths[route.path] = { ...paths[route.path], [route.method]: operationOf(route) };
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Vana Stream',
      version: `${SCHEMA_VERSION}.0.0`,
      description: 'Resumable, loss-free event streams for multi-agent AI over plain Server-Sent Events.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ bearer: [] }],
    tags: [
      { name: 'Runs', description: 'Start a run, see where it stands, cancel it.' },
      { name: 'Messages', description: 'What people do with the messages of a session.' },
      { name: 'Agents', description: 'Agents outside: their events and their runs.' },
      { name: 'Streams', description: `Events as they happen. ${streamNote()}` },
      { name: 'Sessions', description: 'Sessions and what was stored in them.' },
      { name: 'Sign-in', description: 'The session cookie of browsers, and revocations.' },
      { name: 'Operations', description: 'Health, metrics and description; without a token.' },
    ],
    paths,
    components: {
      securitySchemes: { bearer: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT' } },
      parameters: PARAMETERS,
      schemas: { ...namedSchemas(['shared', 'http', 'eventData', 'controlBlocks'], SCHEMAS), ...OPERATION_SCHEMAS },
    },
  };
}

function streamNote(): string {
  return (
    'A block’s `event:` is its type, `id:` its position, `data:` one line of JSON: the type’s data, to which sessionId, ' +
    'runId, agentId, parentAgentId, channel and timestamp are added where it lacks them. Trouble that passes is answered ' +
    '200 with `retry:` and a `closing` block, because any other status ends a native EventSource for good. ' +
    `Event types: ${EVENT_TYPES.map((type) => `${type} (${dataName(type)})`).join(', ')}; and x.<vendor>.<name>.`
  );
}

function operationOf(route: HttpRoute): Json {
  const { operationId, tag, summary, description, scope, parameters, body } = route;
  return {
    operationId,
    tags: [tag],
    summary,
    ...(description === undefined ? {} : { description }),
    security: scope === undefined ? [] : [{ bearer: [scope] }],
    ...(parameters.length === 0
      ? {}
      : { parameters: parameters.map((name) => ({ $ref: `#/components/parameters/${name}` })) }),
    ...(body === undefined
      ? {}
      : { requestBody: { required: body.required, content: { 'application/json': { schema: ref(body.schema) } } } }),
    responses: {
      ...Object.fromEntries(route.answers.map((answer) => [answer.status, responseOf(answer)])),
      ...(tag === 'Operations'
        ? {}
        : errorResponses([...DOOR_ERRORS, ...(scope === undefined ? [] : TOKEN_ERRORS), ...route.errors])),
    },
  };
}

function responseOf({ description, schema, mediaType }: RouteAnswer): Json {
  if (schema !== undefined)
    return { description, content: { [mediaType ?? 'application/json']: { schema: ref(schema) } } };
  if (mediaType === undefined) return { description };
  const example = mediaType === 'text/event-stream' ? { example: EXAMPLE } : {};
  return { description, content: { [mediaType]: { schema: { type: 'string' }, ...example } } };
}

/** One response per status, naming the codes that it can carry. */
function errorResponses(codes: readonly ErrorCode[]): Json {
  const byStatus = new Map<number, ErrorCode[]>();
  for (const code of new Set(codes)) {
    const { status } = ERROR_CODES[code];
    byStatus.set(status, [...(byStatus.get(status) ?? []), code]);
  }
  return Object.fromEntries(
    [...byStatus].map(([status, of]) => {
      const description = of.map((code) => `\`${code}\`: ${ERROR_CODES[code].message}`).join(' ');
      return [status, { description, content: { 'application/json': { schema: ref('Error') } } }];
    }),
  );
}

const ref = (name: string): Json => ({ $ref: SCHEMAS + name });
