// REQUIRE_SSE_AUTH=false: nobody may read and run what the unguessable id belongs to, and nothing else.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { readGatewaySettings } from '../settings.js';
import { GatewayWorld, session } from '../spec/gateway-world.js';

const world = new GatewayWorld();
const own = randomUUID();
beforeAll(async () => {
  await world.start({ REQUIRE_SSE_AUTH: 'false' });
  await world.addBroadcaster((_request, response) => void response.writeHead(200).end('{}'));
});
afterAll(() => world.stop());
beforeEach(() => {
  world.commands.calls.length = 0;
});

const start = (id: string) =>
  world.send('POST', `/api/run_sse/${id}`, { 'content-type': 'application/json' }, '{"query":"why?"}');

describe('demo mode', () => {
  it('runs a session under its id, as the principal that the id makes', async () => {
    expect((await start(own)).status).toBe(202);
    const { principal } = world.commands.calls[0]!.command;
    expect(principal).toMatchObject({ tenant: 'default', anonymous: true, scopes: ['sessions:read', 'runs:start'] });
    await world.sessions.create(session(own, principal.id));
    for (const path of [`/api/stream/${own}`, `/api/sse/stream/${own}`, `/api/poll/${own}`, `/api/sessions/${own}`]) {
      expect((await world.send('GET', path)).status).toBe(200);
    }
    expect((await world.send('GET', `/api/runs/run-1?session_id=${own}`)).status).toBe(200);
    expect(world.commands.calls.at(-1)!.command.principal).toEqual(principal);
  });

  it('shows nobody what belongs to somebody', async () => {
    const foreign = randomUUID();
    await world.sessions.create(session(foreign, 'ada'));
    await world.sessions.create(session(randomUUID(), 'ada', { readers: ['anonymous:x'] }));
    expect(await world.send('GET', `/api/stream/${foreign}`)).toMatchObject({ status: 404, code: 'session_not_found' });
    expect(await world.send('GET', `/api/stream/${randomUUID()}`)).toMatchObject({ status: 404 });
  });

  it('wants an id that cannot be guessed', async () => {
    for (const id of ['mine', 'demo-1', 'a'.repeat(64)]) {
      expect(await world.send('GET', `/api/stream/${id}`)).toMatchObject({ status: 400, code: 'weak_session_id' });
      expect(await start(id)).toMatchObject({ status: 400, code: 'weak_session_id' });
    }
    expect(world.commands.calls).toEqual([]);
  });

  it.each([
    ['GET', '/api/sessions', 401],
    ['POST', '/api/sessions', 401],
    ['GET', '/agent_network_history', 401],
    ['GET', '/api/runs/run-1', 401],
    ['POST', '/auth/session', 401],
    ['POST', '/auth/revocations', 401],
    ['DELETE', `/api/sessions/${own}`, 403],
    ['PUT', `/api/sessions/${own}/readers/eve`, 403],
  ])('opens no more than that: %s %s', async (method, path, status) => {
    expect((await world.send(method, path)).status).toBe(status);
    expect(world.commands.calls).toEqual([]);
  });

  it('takes a bad token for no invitation', async () => {
    const headers = { authorization: 'Bearer garbage' };
    expect(await world.send('GET', `/api/stream/${own}`, headers)).toMatchObject({ status: 401 });
    expect((await world.ask('GET', '/api/stream/mine')).status).toBe(200);
  });

  it('is off by default, and is not begun in production by one word', () => {
    const env = { JWT_SECRET: 's'.repeat(32), NODE_ENV: 'production' };
    expect(readGatewaySettings(env).demoMode).toBe(false);
    expect(() => readGatewaySettings({ ...env, REQUIRE_SSE_AUTH: 'false' })).toThrow(
      expect.objectContaining({ code: 'settings_invalid' }),
    );
    const twice = { ...env, REQUIRE_SSE_AUTH: 'false', ALLOW_ANONYMOUS_IN_PRODUCTION: 'yes' };
    expect(readGatewaySettings(twice).demoMode).toBe(true);
  });
});
