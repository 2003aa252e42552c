import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { TokenRequest } from '@vana/access-token';
import { revocationBodySchema } from '@vana/events';
import { GatewayWorld } from '../spec/gateway-world.js';

const world = new GatewayWorld();
beforeAll(async () => {
  await world.start();
  await world.addBroadcaster((_request, response) => void response.writeHead(200).end('{}'));
});
afterAll(() => world.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });
const idOf = (token: string) =>
  (JSON.parse(Buffer.from(token.split('.')[1]!, 'base64url').toString()) as { jti: string }).jti;
const revoke = async (body: unknown, change: Partial<TokenRequest> = { sub: 'root', scopes: ['admin'] }) =>
  world.ask('POST', '/auth/revocations', body, bearer(await world.token(change)));
const get = (token: string, path = '/api/sessions') => world.ask('GET', path, undefined, bearer(token));

describe('POST /auth/revocations', () => {
  it('ends one token, and leaves the principal’s others', async () => {
    const [lost, kept] = [await world.token(), await world.token()];
    const answer = await revoke({ token_id: idOf(lost) });
    expect(answer.status).toBe(201);
    const body = revocationBodySchema.parse(JSON.parse(answer.text));
    expect(body).toMatchObject({ kind: 'token', id: idOf(lost) });
    expect(Date.parse(body.expires_at) - Date.parse(body.revoked_at)).toBe(7 * 86_400_000 + 60_000);
    expect(await get(lost)).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect((await get(kept)).status).toBe(200);
  });

  it('ends a cookie with the token that it was made of', async () => {
    const token = await world.token();
    const signedIn = await world.send('POST', '/auth/session', bearer(token));
    const cookie = (signedIn.headers['set-cookie'] ?? []).map((line) => line.split(';')[0]).join('; ');
    expect((await world.send('GET', '/api/sessions', { cookie })).status).toBe(200);
    await revoke({ token_id: idOf(token) });
    expect(await world.send('GET', '/api/sessions', { cookie })).toMatchObject({ status: 401 });
    expect(await world.send('POST', '/auth/session', bearer(token))).toMatchObject({ status: 401 });
  });

  it('ends all of a principal’s tokens, in its own tenant only', async () => {
    const [mine, elsewhere] = [await world.token({ sub: 'bob' }), await world.token({ sub: 'bob', tenant: 'acme' })];
    expect((await get(mine)).status).toBe(200);
    await revoke({ principal: 'bob' });
    expect(await get(mine)).toMatchObject({ status: 401 });
    expect((await get(elsewhere)).status).toBe(200);
  });

  it.each([
    '/api/sessions/mine',
    '/api/stream/mine',
    '/api/sse/stream/mine',
    '/api/sse?path=/api/stream/mine',
    '/api/poll/mine',
  ])('closes a session to the tokens there are: %s', async (path) => {
    const token = await world.token();
    await revoke({ session_id: 'mine' });
    expect(await get(token, path)).toMatchObject({ status: 401, code: 'unauthenticated' });
    expect((await get(token)).status).toBe(200);
  });

  it.each<[string, string, unknown]>([
    ['POST', '/api/messages/m1/feedback', { session_id: 'mine', type: 'upvote' }],
    ['POST', '/api/messages/m1/feedback?session_id=other', { session_id: 'mine', type: 'upvote' }],
    ['DELETE', '/api/messages/m1?session_id=mine', undefined],
    ['DELETE', '/api/messages/m1?session_id=mine', { session_id: 'other' }],
  ])('closes it wherever it is named: %s %s %j', async (method, path, body) => {
    const token = await world.token();
    await revoke({ session_id: 'mine' });
    expect(await world.ask(method, path, body, bearer(token))).toMatchObject({ status: 401, code: 'unauthenticated' });
  });

  it('is an administrator’s', async () => {
    expect(await revoke({ principal: 'eve' }, {})).toMatchObject({ status: 403, code: 'insufficient_scope' });
    expect(await world.send('POST', '/auth/revocations')).toMatchObject({ status: 401 });
  });

  it.each([
    {},
    { token_id: '' },
    { token_id: 5 },
    { principal: 'a\nb' },
    { session_id: 'a.b' },
    { token_id: 'a', principal: 'b' },
    [],
  ])('refuses %j', async (body) => {
    expect(await revoke(body)).toMatchObject({ status: 400, code: 'invalid_body' });
  });
});
