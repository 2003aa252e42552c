// Whatever is wrong with a request: a clear JSON error with its code, and nothing else happens.
import { createHmac } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals';
import { ERROR_CODES, errorBodySchema, type ErrorCode } from '@vana/events';
import { GatewayWorld, type Answer } from './spec/gateway-world.js';

const world = new GatewayWorld();
beforeAll(() => world.start());
afterAll(() => world.stop());
afterEach(() => {
  expect(world.commands.calls).toEqual([]);
});

const STREAMS = ['/api/run_sse/:id', '/agent_network_sse/:id', '/api/stream/:id'];
const PAGES = ['/api/poll/:id', '/api/sessions/:id/events'];
const ROUTES: [string, string][] = [
  ...[...STREAMS, ...PAGES].map((path): [string, string] => ['GET', path]),
  ['POST', '/api/run_sse/:id'],
  ['GET', '/api/sessions/:id'],
  ['DELETE', '/api/sessions/:id'],
  ['GET', '/api/sessions'],
  ['POST', '/api/sessions'],
  ['GET', '/api/runs/run-1'],
  ['DELETE', '/api/runs/run-1'],
  ['GET', '/agent_network_history'],
];
const OF_SESSION = ROUTES.filter(([, path]) => path.includes(':id'));
const bodyFor = (method: string, path: string) =>
  method === 'POST' ? (path.includes('run_sse') ? { query: 'why?' } : {}) : undefined;

function expectError(answer: Answer, code: ErrorCode): void {
  expect({ status: answer.status, code: answer.code }).toEqual({ status: ERROR_CODES[code].status, code });
  expect(errorBodySchema.safeParse(JSON.parse(answer.text)).success).toBe(true);
  expect(answer.headers['content-type']).toMatch(/^application\/json/);
  expect(answer.headers['cache-control']).toBe('no-store');
}

const part = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
const claims = () => ({
  sub: 'ada',
  iss: 'vana-stream',
  aud: 'vana-stream',
  scope: 'sessions:read sessions:write runs:start',
  exp: Math.floor(Date.now() / 1000) + 60,
});
function signed(header: object, payload: object): string {
  const { key } = world.tokens;
  const text = `${part(header)}.${part(payload)}`;
  const secret = key.algorithm === 'HS256' ? key.secret : '';
  return `${text}.${createHmac('sha256', secret).update(text).digest('base64url')}`;
}

describe.each(ROUTES)('%s %s refuses', (method, path) => {
  const url = path.replace(':id', 'mine');

  it.each<[string, () => Promise<string | undefined>]>([
    ['no token', async () => undefined],
    ['garbage', async () => 'garbage'],
    ['an expired token', () => world.token({ expiresInS: -60 })],
    ['a token for another audience', async () => signed({ alg: 'HS256' }, { ...claims(), aud: 'other' })],
    ['alg none', async () => `${part({ alg: 'none' })}.${part(claims())}.`],
    ['alg none with a signature', async () => signed({ alg: 'none' }, claims())],
  ])('%s', async (_name, tokenOf) => {
    const token = await tokenOf();
    const body = bodyFor(method, path);
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    };
    const answer = await world.send(method, url, headers, body && JSON.stringify(body));
    expectError(answer, 'unauthenticated');
    expect(answer.headers['www-authenticate']).toBe('Bearer');
  });

  it('a token without its scope', async () => {
    const authorization = `Bearer ${await world.token({ scopes: ['events:publish'] })}`;
    const answer = await world.ask(method, url, bodyFor(method, path), { authorization });
    expectError(answer, 'insufficient_scope');
  });

  it.each(['token', 'access_token', 'jwt'])('?%s=, even beside a good header', async (name) => {
    const answer = await world.ask(method, `${url}?${name}=${await world.token()}`, bodyFor(method, path));
    expectError(answer, 'token_in_query');
  });
});

describe.each(OF_SESSION)('%s %s refuses the session id', (method, path) => {
  it.each([
    ['a.b'],
    ['..'],
    ['%2e%2E'],
    ['a*'],
    ['%2A'],
    ['a%3E'],
    ['>'],
    ['a%20b'],
    ['a%2Fb'],
    ['a%00b'],
    ['a%0d%0ab'],
    ['%C3%BC'],
    ['a'.repeat(65)],
    ['%61'.repeat(65)],
    ['a;b'],
  ])('%s', async (id) => {
    const answer = await world.ask(method, path.replace(':id', id), bodyFor(method, path));
    expectError(answer, 'invalid_session_id');
  });
});

describe('runs', () => {
  const start = (body: unknown, headers: Record<string, string> = {}) =>
    world.ask('POST', '/api/run_sse/mine', body, headers);

  it.each<[string, unknown, ErrorCode]>([
    ['an empty question', { query: '' }, 'question_empty'],
    ['a blank question', { message: ' \n\t ' }, 'question_empty'],
    ['a question of 10,001 characters', { query: 'q'.repeat(10_001) }, 'question_too_long'],
    ['a question that is no text', { query: 5 }, 'invalid_body'],
    ['no question', {}, 'invalid_body'],
    ['two questions', { query: 'a', message: 'b' }, 'invalid_body'],
    ['an unknown on_active', { query: 'a', on_active: 'kill' }, 'invalid_body'],
    ['a list', [], 'invalid_body'],
    ['null', 'null', 'invalid_body'],
    ['bad JSON', '{"query":', 'bad_json'],
    ['an empty body', '', 'bad_json'],
    ['a body over the limit', { query: 'q'.repeat(1_200_000) }, 'body_too_large'],
  ])('are not started with %s', async (_name, body, code) => {
    expectError(await start(body), code);
  });

  it('are not started by another media type', async () => {
    expectError(
      await start('query=why', { 'content-type': 'application/x-www-form-urlencoded' }),
      'unsupported_media_type',
    );
    expectError(await start('{"query":"why?"}', { 'content-type': 'text/plain' }), 'unsupported_media_type');
  });

  it.each(['', 'a b', 'ü', 'k'.repeat(256)])('are not started with the idempotency key %j', async (key) => {
    const answer = await start({ query: 'why?' }, { 'idempotency-key': Buffer.from(key).toString('latin1') });
    expectError(answer, 'invalid_header');
  });

  it.each(['a.b', '%2A', 'r'.repeat(65)])('have no id like %s', async (id) => {
    expectError(await world.ask('GET', `/api/runs/${id}`), 'invalid_run_id');
    expectError(await world.ask('DELETE', `/api/runs/${id}`), 'invalid_run_id');
  });
});

describe('sessions', () => {
  it.each<[string, unknown, ErrorCode]>([
    ['a malformed id', { session_id: 'a.b' }, 'invalid_session_id'],
    ['an id that is no text', { session_id: 7 }, 'invalid_body'],
    ['a title that is too long', { title: 't'.repeat(201) }, 'invalid_body'],
    ['a list', [], 'invalid_body'],
    ['bad JSON', '{', 'bad_json'],
  ])('are not created with %s', async (_name, body, code) => {
    expectError(await world.ask('POST', '/api/sessions', body), code);
  });

  it.each(['0', '201', 'x', '-1', '1.5', ''])('are not listed with limit=%s', async (limit) => {
    expectError(await world.ask('GET', `/api/sessions?limit=${limit}`), 'invalid_query');
  });
});

describe.each([...STREAMS, ...PAGES])('GET %s', (path) => {
  const get = (id: string, headers: Record<string, string> = {}) =>
    world.ask('GET', path.replace(':id', id), undefined, headers);

  it('answers alike for unknown, foreign, deleted foreign and other tenants’ sessions', async () => {
    const unknown = await get('unknown');
    expectError(unknown, 'session_not_found');
    for (const id of ['foreign', 'gone-foreign']) expect((await get(id)).text).toBe(unknown.text);
    const authorization = `Bearer ${await world.token({ tenant: 'acme' })}`;
    expect((await get('mine', { authorization })).text).toBe(unknown.text);
  });

  it('tells the owner that the session was deleted', async () => {
    expectError(await get('gone'), 'session_gone');
  });

  it('offers no HEAD, which would never end', async () => {
    const answer = await world.ask('HEAD', path.replace(':id', 'mine'));
    expect(answer.status).toBe(405);
  });
});

describe('paths', () => {
  it.each(['/api', '/api/nothing', '/api/run_sse/a/b', '/api/run_sse/%zz', '/%2e%2e/etc/passwd'])(
    'that lead nowhere: %s',
    async (path) => {
      expectError(await world.ask('GET', path), 'not_found');
    },
  );
});
