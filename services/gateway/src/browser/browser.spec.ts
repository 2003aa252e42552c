// A browser's way through the gateway: sign in, streams and writes with the cookie, and whose pages may.
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { browserSessionBodySchema } from '@vana/events';
import { GatewayWorld, type Answer } from '../spec/gateway-world.js';

const ORIGIN = 'https://app.example';
const world = new GatewayWorld();
let host: string;
let bearers: (string | undefined)[];
beforeAll(async () => {
  await world.start({ ALLOW_ORIGINS: ORIGIN });
  host = new URL(world.url).host;
  await world.addBroadcaster((request, response) => {
    bearers.push(request.headers.authorization);
    expect(request.headers.cookie).toBeUndefined();
    response.writeHead(200, { 'content-type': 'text/event-stream' }).end('data: {}\n\n');
  });
});
afterAll(() => world.stop());
beforeEach(() => {
  bearers = [];
  world.commands.calls.length = 0;
});

interface SignedIn {
  readonly cookie: string;
  readonly csrf: string;
}

const setCookies = (answer: Answer): string[] => answer.headers['set-cookie'] ?? [];
const pairsOf = (answer: Answer): string[] => setCookies(answer).map((line) => line.split(';')[0]!);

async function signIn(token?: string, headers: Record<string, string> = {}): Promise<SignedIn & { answer: Answer }> {
  const authorization = `Bearer ${token ?? (await world.token())}`;
  const answer = await world.send('POST', '/auth/session', { authorization, ...headers });
  const csrf = answer.status === 200 ? browserSessionBodySchema.parse(JSON.parse(answer.text)).csrf_token : '';
  return { cookie: pairsOf(answer).join('; '), csrf, answer };
}

const read = (headers: Record<string, string>, path = '/api/sessions') => world.send('GET', path, headers);
const write = (headers: Record<string, string>) =>
  world.send('POST', '/api/sessions', { 'content-type': 'application/json', ...headers }, '{}');

describe('POST /auth/session', () => {
  it('turns a bearer token into cookies that end with it', async () => {
    const { answer } = await signIn(await world.token({ expiresInS: 1_000 }));
    expect([answer.status, answer.headers['cache-control']]).toEqual([200, 'no-store']);
    const body = browserSessionBodySchema.parse(JSON.parse(answer.text));
    expect(body).toMatchObject({ principal: 'ada', tenant: 'default' });
    const leftS = (Date.parse(body.expires_at) - Date.parse(body.renew_at)) / 1000;
    expect(leftS).toBe(250);
    const [session, csrf] = setCookies(answer);
    expect(session).toMatch(/^vana_session=[\w.-]+; Max-Age=(999|1000); Path=\/; HttpOnly; SameSite=Lax$/);
    expect(csrf).toMatch(/^vana_csrf=[\w-]+; Max-Age=(999|1000); Path=\/; SameSite=Strict$/);
    expect(session!.length).toBeLessThan(1_000);
  });

  it.each([
    ['another host than this machine', { host: 'app.example' }],
    ['a proxy that took TLS off', { 'x-forwarded-proto': 'https' }],
  ])('sets __Host- cookies for %s', async (_name, headers) => {
    const { answer } = await signIn(undefined, headers);
    expect(setCookies(answer)[0]).toMatch(/^__Host-vana_session=.+; Path=\/; HttpOnly; Secure; SameSite=Lax$/);
    expect(setCookies(answer)[1]).toMatch(/; Secure; SameSite=Strict$/);
  });

  it('wants a bearer token, not an older cookie', async () => {
    const { cookie, csrf } = await signIn();
    expect(await world.send('POST', '/auth/session')).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect(await world.send('POST', '/auth/session', { cookie, 'x-csrf-token': csrf })).toMatchObject({ status: 401 });
    const expired = await signIn(await world.token({ expiresInS: -60 }));
    expect([expired.answer.status, setCookies(expired.answer)]).toEqual([401, []]);
  });

  it('is renewed with a fresh token of the same principal, not with another’s', async () => {
    const { cookie } = await signIn();
    expect((await signIn(undefined, { cookie })).answer.status).toBe(200);
    const other = await signIn(await world.token({ sub: 'eve' }), { cookie });
    expect(other.answer).toMatchObject({ status: 400, code: 'credentials_conflict' });
  });

  it('is for own pages only', async () => {
    expect((await signIn(undefined, { origin: 'https://evil.example' })).answer).toMatchObject({
      status: 403,
      code: 'origin_refused',
    });
    expect((await signIn(undefined, { origin: ORIGIN })).answer.status).toBe(200);
  });
});

describe('DELETE /auth/session', () => {
  it('takes the cookies away, whether they are good or not', async () => {
    for (const cookie of [(await signIn()).cookie, 'vana_session=garbage', '']) {
      const answer = await world.send('DELETE', '/auth/session', cookie === '' ? {} : { cookie });
      expect(answer.status).toBe(204);
      expect(pairsOf(answer)).toEqual(['vana_session=', 'vana_csrf=']);
      for (const line of setCookies(answer)) expect(line).toMatch(/Expires=Thu, 01 Jan 1970/);
    }
  });

  it('is not done by other people’s pages', async () => {
    const answer = await world.send('DELETE', '/auth/session', { origin: 'https://evil.example' });
    expect(answer).toMatchObject({ status: 403, code: 'origin_refused' });
  });
});

describe('the cookie', () => {
  it('opens streams; the broadcaster gets a bearer token', async () => {
    const { cookie } = await signIn();
    for (const path of ['/api/sse/stream/mine', '/api/sse?path=/api/run_sse/mine', '/agent_network_sse/mine']) {
      const answer = await read({ cookie, 'sec-fetch-site': 'same-origin' }, path);
      expect([answer.status, answer.text]).toEqual([200, 'data: {}\n\n']);
    }
    expect(world.relayed).toEqual(['/api/stream/mine', '/api/run_sse/mine', '/agent_network_sse/mine']);
    expect(bearers.every((bearer) => /^Bearer [\w-]+\.[\w-]+\.[\w-]+$/.test(bearer ?? ''))).toBe(true);
  });

  it('reads, and writes with the token of its page', async () => {
    const { cookie, csrf } = await signIn();
    expect((await read({ cookie })).status).toBe(200);
    expect((await write({ cookie, 'x-csrf-token': csrf })).status).toBe(201);
  });

  it('writes nothing without it, or with one of another sign-in', async () => {
    const { cookie, csrf } = await signIn();
    const session = cookie.split('; ')[0]!;
    const second = await signIn(await world.token({ expiresInS: 30 }));
    const refused: Record<string, string>[] = [
      { cookie },
      { cookie, 'x-csrf-token': '' },
      { cookie, 'x-csrf-token': 'x'.repeat(csrf.length) },
      { cookie: session, 'x-csrf-token': csrf },
      { cookie: `${session}; vana_csrf=planted`, 'x-csrf-token': 'planted' },
      { cookie: `${session}; vana_csrf=${second.csrf}`, 'x-csrf-token': second.csrf },
    ];
    for (const headers of refused) {
      expect(await write(headers)).toMatchObject({ status: 403, code: 'csrf_mismatch' });
    }
    expect(world.commands.calls).toEqual([]);
  });

  it.each<[string, Record<string, string>, boolean]>([
    ['no sign of a page', {}, true],
    ['the same origin', { 'sec-fetch-site': 'same-origin' }, true],
    ['the user', { 'sec-fetch-site': 'none' }, true],
    ['an allowed origin', { 'sec-fetch-site': 'cross-site', origin: ORIGIN }, true],
    ['the own origin', { origin: 'http://HOST' }, true],
    ['the own origin, TLS taken off', { origin: 'https://HOST' }, true],
    ['another site', { 'sec-fetch-site': 'cross-site' }, false],
    ['a neighbouring host', { 'sec-fetch-site': 'same-site' }, false],
    ['another origin', { origin: 'https://evil.example' }, false],
    ['another port', { origin: 'http://127.0.0.1:1' }, false],
    ['a sandboxed page', { origin: 'null' }, false],
    ['an origin that only begins alike', { origin: `${ORIGIN}.evil.example` }, false],
    ['an origin with the host as its user', { origin: 'http://HOST@evil.example' }, false],
    [
      'another origin that says it is the same',
      { 'sec-fetch-site': 'same-origin', origin: 'https://evil.example' },
      false,
    ],
  ])('on a stream from %s', async (_name, given, allowed) => {
    const { cookie } = await signIn();
    const headers = Object.fromEntries(
      Object.entries(given).map(([name, value]) => [name, value.replace('HOST', host)]),
    );
    const answer = await read({ cookie, ...headers }, '/api/sse/stream/mine');
    expect([answer.status, answer.code]).toEqual(allowed ? [200, undefined] : [403, 'origin_refused']);
  });

  it('is refused when it is forged, cut short, expired, or a token of another kind', async () => {
    const { cookie } = await signIn();
    const [session] = cookie.split('; ');
    const expired = await signIn(await world.token({ expiresInS: 1 }));
    const bad = [
      `${session!}x`,
      session!.slice(0, -5),
      'vana_session=',
      `vana_session=${await world.token()}`,
      `other=${session!.slice('vana_session='.length)}`,
    ];
    for (const value of bad)
      expect(await read({ cookie: value })).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect((await read({ cookie: expired.cookie })).status).toBe(200);
    const asBearer = { authorization: `Bearer ${session!.slice('vana_session='.length)}` };
    expect(await read(asBearer)).toMatchObject({ status: 401 });
  });

  it('of development counts on this machine only', async () => {
    const { cookie } = await signIn();
    expect(await read({ cookie, host: 'app.example' })).toMatchObject({ status: 401 });
    const secure = await signIn(undefined, { host: 'app.example' });
    expect((await read({ cookie: secure.cookie, host: 'app.example' })).status).toBe(200);
  });

  it('beside a bearer token must be of the same principal', async () => {
    const { cookie } = await signIn();
    const bearer = async (change: object) => ({ cookie, authorization: `Bearer ${await world.token(change)}` });
    expect((await read(await bearer({}))).status).toBe(200);
    // The bearer token counts: no page's token is needed.
    expect((await write(await bearer({}))).status).toBe(201);
    for (const change of [{ sub: 'eve' }, { tenant: 'acme' }]) {
      expect(await read(await bearer(change))).toMatchObject({ status: 400, code: 'credentials_conflict' });
    }
    expect(await read(await bearer({ expiresInS: -60 }))).toMatchObject({ status: 401, code: 'unauthenticated' });
    const stale = { ...(await bearer({ sub: 'eve' })), cookie: 'vana_session=stale.stale.stale' };
    expect((await read(stale)).status).toBe(200);
  });

  it('may be sent by pages of the allowed origins', async () => {
    const { cookie } = await signIn();
    const answer = await read({ cookie, origin: ORIGIN });
    expect(answer.headers).toMatchObject({
      'access-control-allow-origin': ORIGIN,
      'access-control-allow-credentials': 'true',
    });
  });

  it('gives no scope that its token had not', async () => {
    const { cookie, csrf } = await signIn(await world.token({ scopes: ['sessions:read'] }));
    expect(await write({ cookie, 'x-csrf-token': csrf })).toMatchObject({ status: 403, code: 'insufficient_scope' });
  });
});

describe('GET /api/sse', () => {
  it.each([
    '/api/sse',
    '/api/sse/',
    '/api/sse/stream/%2e%2e',
    '/api/sse?path=http://127.0.0.1/api/stream/mine',
    '/api/sse/sessions/mine',
  ])('refuses %s', async (path) => {
    expect(await world.ask('GET', path)).toMatchObject({ status: 400, code: 'invalid_stream_path' });
  });

  it('answers unknown and foreign sessions alike, and asks for a token first', async () => {
    for (const id of ['foreign', 'unknown']) {
      expect(await world.ask('GET', `/api/sse/stream/${id}`)).toMatchObject({ status: 404, code: 'session_not_found' });
    }
    expect(await world.send('GET', '/api/sse/garbage')).toMatchObject({ status: 401 });
    expect(await world.ask('GET', '/api/sse/stream/mine?token=x')).toMatchObject({ code: 'token_in_query' });
  });
});
