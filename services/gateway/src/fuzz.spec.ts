// Every route of the OpenAPI document, with values that fit it and values that do not: never a fault of ours,
// always an answer that the document knows, and nothing passes the gateway that is no id.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_CODES, SCOPES, errorBodySchema, isValidId, openApiDocument, type ErrorCode } from '@vana/events';
import fc from 'fast-check';
import { HOSTILE, valueOf, type Schema } from './spec/schema-arbitrary.js';
import { GatewayWorld, type Answer } from './spec/gateway-world.js';

interface Parameter {
  readonly $ref?: string;
  readonly name: string;
  readonly in: 'path' | 'query' | 'header';
  readonly schema: Schema;
}
interface Operation {
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, { readonly schema: Schema }>> };
  readonly responses: Readonly<Record<string, unknown>>;
}

const document = openApiDocument() as unknown as {
  paths: Record<string, Record<string, Operation>>;
  components: Record<string, Record<string, unknown>>;
};
const resolve = <T>(ref: string): T => {
  const [, , group = '', name = ''] = ref.split('/');
  return document.components[group]![name] as T;
};
const ROUTES = Object.entries(document.paths).flatMap(([path, operations]) =>
  Object.entries(operations).map(([method, operation]): [string, string, Operation] => [
    method.toUpperCase(),
    path,
    operation,
  ]),
);
/** What any request can be told, before its route has a say. */
const ANYWHERE: readonly ErrorCode[] = [
  ...(['bad_json', 'body_too_large', 'unsupported_media_type', 'not_found', 'method_not_allowed'] as const),
];
const RUNS = 60;
const SCOPE_SETS = [SCOPES, ['sessions:read'], []] as const;

const world = new GatewayWorld();
beforeAll(async () => {
  await world.start({ RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_PRINCIPAL: '0', RUN_QUOTA: '0' });
  await world.addBroadcaster((_request, response) => void response.writeHead(200).end('{}'));
});
afterAll(() => world.stop());

// A lone surrogate cannot be encoded.
const textOf = (value: unknown) => (typeof value === 'string' ? value : JSON.stringify(value)).toWellFormed();
/** As a header's value can be: Node sends no other. Those that it does not send are sent raw in injections.spec.ts. */
const inHeader = (value: unknown) => encodeURI(textOf(value)).slice(0, 2_000);
const inPath = (value: unknown) => {
  const text = textOf(value);
  return text === '.' || text === '..' ? text.replaceAll('.', '%2e') : encodeURIComponent(text);
};

interface Given {
  readonly values: readonly unknown[];
  readonly body: unknown;
  readonly type: string;
  readonly auth: number;
}

function requestFor(path: string, parameters: readonly Parameter[], { values }: Given) {
  let target = path;
  const query: string[] = [];
  const headers: Record<string, string> = {};
  for (const [n, { name, in: where }] of parameters.entries()) {
    const value = values[n];
    if (where === 'path') target = target.replace(`{${name}}`, inPath(value));
    else if (where === 'query') query.push(`${name}=${encodeURIComponent(textOf(value))}`);
    else headers[name] = inHeader(value);
  }
  return { target: query.length === 0 ? target : `${target}?${query.join('&')}`, headers };
}

function expectKnown(answer: Answer, { responses }: Operation, what: string): void {
  const context = `${what}: ${answer.status} ${answer.text.slice(0, 200)}`;
  if (answer.status < 400) {
    expect([context, responses]).toEqual([context, expect.objectContaining({ [answer.status]: expect.anything() })]);
    return;
  }
  const body = errorBodySchema.safeParse(JSON.parse(answer.text)).data;
  const code = body?.error.code;
  expect([context, code]).toEqual([context, expect.any(String)]);
  const entry = ERROR_CODES[code!];
  expect([context, entry?.status]).toEqual([context, answer.status]);
  const known = ANYWHERE.includes(code!) || String(answer.status) in responses;
  expect([context, known, code]).toEqual([context, true, expect.not.stringMatching(/^internal$/)]);
}

describe('schema-based fuzzing', () => {
  it.each(ROUTES)(
    '%s %s',
    async (method, path, operation) => {
      const parameters = (operation.parameters ?? []).map((one) => (one.$ref ? resolve<Parameter>(one.$ref) : one));
      const schema = operation.requestBody?.content['application/json']?.schema;
      const given: fc.Arbitrary<Given> = fc.record({
        values: fc.tuple(...parameters.map((parameter) => valueOf(parameter.schema, resolve))),
        body: schema === undefined ? fc.constant(undefined) : valueOf(schema, resolve),
        type: fc.constantFrom('application/json', 'application/json', 'application/json', 'text/plain', 'x'),
        auth: fc.integer({ min: -1, max: SCOPE_SETS.length - 1 }),
      });
      await fc.assert(
        fc.asyncProperty(given, async (chosen) => {
          const { target, headers } = requestFor(path, parameters, chosen);
          const scopes = SCOPE_SETS[chosen.auth];
          const authorization = scopes === undefined ? 'Bearer x.y.z' : `Bearer ${await world.token({ scopes })}`;
          const text = typeof chosen.body === 'string' ? chosen.body : JSON.stringify(chosen.body);
          const type = text === undefined ? {} : { 'content-type': chosen.type };
          const answer = await world.send(method, target, { ...headers, ...type, authorization }, text);
          expectKnown(answer, operation, `${method} ${target.slice(0, 200)} ${String(text).slice(0, 200)}`);
        }),
        { numRuns: RUNS },
      );
    },
    60_000,
  );

  it('has let nothing pass that is no id', () => {
    for (const { command } of world.commands.calls) {
      for (const name of ['sessionId', 'runId']) {
        if (command[name] !== undefined) expect([name, command[name], isValidId(command[name])]).toContain(true);
      }
      expect(isValidId(command.principal.tenant)).toBe(true);
    }
    const path = /^\/(api\/(stream|run_sse|poll)|agent_network_sse)\/[A-Za-z0-9_-]{1,64}(\?|$)/;
    const page = /^\/(api\/sessions\/[A-Za-z0-9_-]{1,64}\/events|agent_network_history)(\?|$)/;
    for (const relayed of world.relayed) expect([relayed, path.test(relayed) || page.test(relayed)]).toContain(true);
    expect(world.relayed.length).toBeGreaterThan(0);
    const log = world.logged.join('');
    for (const hostile of HOSTILE.filter((text) => text.length > 8)) expect(log).not.toContain(hostile);
  });
});
