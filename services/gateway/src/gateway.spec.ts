import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { createPrincipalTokenCheck, undeclaredRoutes } from '@vana/access-token';
import { VanaError, sessionBodySchema, startRunAnswerSchema } from '@vana/events';
import { InMemoryPresence, InMemoryRevocationStore, InMemorySessionStore } from '@vana/in-memory';
import { createLogger, createRegistry } from '@vana/observability';
import { buildGateway } from './app.module.js';
import { readGatewaySettings } from './settings.js';
import { GatewayWorld, session } from './spec/gateway-world.js';

let world: GatewayWorld;
beforeEach(() => {
  world = new GatewayWorld();
});
afterEach(() => world.stop());

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('every route', () => {
  it('declares who may call it', async () => {
    const ports = {
      commands: world.commands,
      sessions: new InMemorySessionStore(),
      revocations: new InMemoryRevocationStore(),
      presence: new InMemoryPresence(),
      logger: createLogger('gateway', 'silent'),
      registry: createRegistry('gateway'),
    };
    const { app } = await buildGateway(ports, readGatewaySettings({ PORT: '0', JWT_SECRET: 's'.repeat(32) }));
    await app.init();
    expect(undeclaredRoutes(app)).toEqual([]);
    await app.close();
  });
});

describe('commands', () => {
  beforeEach(() => world.start());

  it('start a run and answer 202', async () => {
    const headers = { 'idempotency-key': 'k-1' };
    const answer = await world.ask('POST', '/api/run_sse/mine', { query: ' why? ', on_active: 'cancel' }, headers);
    expect(answer.status).toBe(202);
    expect(startRunAnswerSchema.parse(JSON.parse(answer.text))).toMatchObject({ session_id: 'mine', run_id: 'run-1' });
    expect(world.commands.calls).toEqual([
      {
        name: 'startRun',
        command: {
          principal: expect.objectContaining({ id: 'ada', tenant: 'default' }),
          sessionId: 'mine',
          query: 'why?',
          onActive: 'cancel',
          idempotencyKey: 'k-1',
        },
      },
    ]);
  });

  it('take a question of 10,000 characters beyond the basic plane', async () => {
    const query = '🙂'.repeat(10_000);
    expect((await world.ask('POST', '/api/run_sse/mine', { message: query })).status).toBe(202);
    expect(world.commands.calls[0]?.command.query).toBe(query);
  });

  it('pass the orchestrator’s refusals on with their details', async () => {
    world.commands.fails = new VanaError('run_active', { details: { runId: 'run-7' } });
    const answer = await world.ask('POST', '/api/run_sse/mine', { query: 'why?' });
    expect(answer.status).toBe(409);
    expect(JSON.parse(answer.text)).toMatchObject({ error: { code: 'run_active', details: { runId: 'run-7' } } });
    world.commands.fails = new VanaError('no_orchestrator');
    expect(await world.ask('GET', '/api/runs/run-1')).toMatchObject({ status: 503, code: 'no_orchestrator' });
  });

  it('get and cancel runs', async () => {
    const got = await world.ask('GET', '/api/runs/run-1');
    expect(JSON.parse(got.text)).toEqual({
      run_id: 'run-1',
      session_id: 'mine',
      status: 'queued',
      query: 'why?',
      cancel_requested: false,
      created_at: '2030-01-01T00:00:00.000Z',
    });
    const cancelled = await world.ask('DELETE', '/api/runs/run-1');
    expect([cancelled.status, JSON.parse(cancelled.text)]).toEqual([
      200,
      expect.objectContaining({ cancel_requested: true }),
    ]);
  });

  it('create, list, get and delete sessions', async () => {
    const created = await world.ask('POST', '/api/sessions', { session_id: 'new', title: 'T' });
    expect([created.status, sessionBodySchema.parse(JSON.parse(created.text)).session_id]).toEqual([201, 'new']);
    expect((await world.ask('POST', '/api/sessions')).status).toBe(201);
    const listed = await world.ask('GET', '/api/sessions?limit=7');
    expect(JSON.parse(listed.text)).toMatchObject({ sessions: [{ session_id: 'mine', owner: 'ada' }] });
    expect(world.commands.calls.at(-1)?.command.limit).toBe(7);
    expect(JSON.parse((await world.ask('GET', '/api/sessions/mine')).text)).toMatchObject({
      readers: ['bob'],
      active_run_id: 'run-1',
    });
    const removed = await world.ask('DELETE', '/api/sessions/mine');
    expect([removed.status, removed.text]).toEqual([204, '']);
  });

  it('do not tell a reader with whom else the session is shared', async () => {
    const authorization = `Bearer ${await world.token({ sub: 'bob' })}`;
    const answer = await world.ask('GET', '/api/sessions/mine', undefined, { authorization });
    expect(JSON.parse(answer.text)).not.toHaveProperty('readers');
  });
});

describe('streams', () => {
  it('are relayed to a broadcaster with a token of the gateway that says who the caller is', async () => {
    await world.start();
    let authorization: string | undefined;
    await world.addBroadcaster((request, response) => {
      authorization = request.headers.authorization;
      response.writeHead(200, SSE).end('event: a\nid: e-1\ndata: {}\n\n');
    });
    const token = await world.token();
    const answer = await world.ask('GET', '/api/stream/mine?channels=chat', undefined, {
      authorization: `Bearer ${token}`,
    });
    expect([answer.status, answer.text]).toEqual([200, 'event: a\nid: e-1\ndata: {}\n\n']);
    expect(answer.headers['content-type']).toBe(SSE['content-type']);
    expect(world.relayed).toEqual(['/api/stream/mine?channels=chat']);
    const call = /^Bearer (.+)$/.exec(authorization ?? '')?.[1] ?? '';
    expect(call).not.toBe(token);
    const verdict = await createPrincipalTokenCheck(world.internalSecret, 'vana-broadcaster')(call);
    expect(verdict).toMatchObject({ principal: { id: 'ada', tenant: 'default', tokenId: expect.any(String) } });
    const { exp } = JSON.parse(Buffer.from(call.split('.')[1]!, 'base64url').toString()) as { exp: number };
    expect(exp - Date.now() / 1000).toBeLessThanOrEqual(61);
  });

  it('reach the broadcaster’s route of the same name', async () => {
    await world.start();
    await world.addBroadcaster((_request, response) => void response.writeHead(200).end('{}'));
    const paths = [
      '/api/run_sse/mine',
      '/agent_network_sse/mine',
      '/api/stream/mine',
      '/api/poll/mine?wait=1',
      '/api/sessions/mine/events?limit=2',
      '/agent_network_history?limit=3',
    ];
    for (const path of paths) expect((await world.ask('GET', path)).status).toBe(200);
    expect(world.relayed).toEqual(paths);
  });

  it('are open to readers with whom the session is shared', async () => {
    await world.start();
    await world.sessions.create(session('shared', 'eve', { readers: ['ada'] }));
    await world.addBroadcaster((_request, response) => void response.writeHead(200, SSE).end('data: {}\n\n'));
    expect((await world.ask('GET', '/api/run_sse/shared')).text).toBe('data: {}\n\n');
  });

  it('of foreign sessions never reach a broadcaster', async () => {
    await world.start();
    await world.addBroadcaster((_request, response) => void response.writeHead(200, SSE).end('secret'));
    for (const id of ['foreign', 'unknown', 'gone', 'gone-foreign']) {
      expect((await world.ask('GET', `/api/run_sse/${id}`)).text).not.toContain('secret');
      expect((await world.ask('GET', `/api/poll/${id}`)).text).not.toContain('secret');
    }
    expect(world.relayed).toEqual([]);
  });

  it('of a deleted session with a position are the broadcaster’s to end', async () => {
    await world.start();
    await world.addBroadcaster((_request, response) => void response.writeHead(204).end());
    const answer = await world.ask('GET', '/api/run_sse/gone', undefined, { 'last-event-id': 'e-9' });
    expect(answer.status).toBe(204);
  });

  it.each([
    ['the header', { 'last-event-id': 'e-9' }, '', 'e-9'],
    ['the query', {}, '?lastEventId=e-8', 'e-8'],
    ['the header before the query', { 'last-event-id': 'e-9' }, '?lastEventId=e-8', 'e-9'],
  ])(
    'are told to come back when no broadcaster is there, with the position of %s',
    async (_name, headers, query, id) => {
      await world.start();
      const answer = await world.ask('GET', `/api/run_sse/mine${query}`, undefined, headers);
      expect(answer.status).toBe(200);
      expect(answer.headers).toMatchObject({ ...SSE, 'cache-control': 'no-store, no-transform' });
      expect(answer.text).toMatch(
        new RegExp(
          `^retry: \\d+\\n\\nevent: closing\\nid: ${id}\\ndata: {"reason":"upstream_unavailable","reconnect":true}\\n\\n$`,
        ),
      );
    },
  );

  it.each([{}, { 'last-event-id': 'garbage' }])('are told so without an id when they came with %j', async (headers) => {
    await world.start();
    const answer = await world.ask('GET', '/agent_network_sse/mine', undefined, headers);
    expect(answer.status).toBe(200);
    expect(answer.text).toMatch(/^retry: \d+\n\nevent: closing\ndata: /);
  });

  it('wait while the session store is away', async () => {
    await world.start();
    world.sessions.get = async () => {
      throw new VanaError('store_unavailable');
    };
    const stream = await world.ask('GET', '/api/run_sse/mine');
    expect([stream.status, stream.text]).toEqual([200, expect.stringContaining('event: closing')]);
    expect(await world.ask('GET', '/api/poll/mine')).toMatchObject({ status: 503, code: 'store_unavailable' });
  });
});

describe('pages and polls', () => {
  it('say no_broadcaster when none is there', async () => {
    await world.start();
    for (const path of ['/api/poll/mine', '/api/sessions/mine/events', '/agent_network_history']) {
      expect(await world.ask('GET', path)).toMatchObject({ status: 503, code: 'no_broadcaster' });
    }
  });
});

describe('operations', () => {
  beforeEach(() => world.start());

  it('count refusals by code and requests by route pattern', async () => {
    await world.send('GET', '/api/run_sse/mine');
    await world.ask('GET', '/api/run_sse/a.b');
    const { text } = await world.send('GET', '/metrics');
    expect(text).toContain('vana_gateway_refusals_total{code="unauthenticated",service="gateway"} 1');
    expect(text).toContain('vana_gateway_refusals_total{code="invalid_session_id",service="gateway"} 1');
    expect(text).toMatch(
      /vana_http_request_seconds_count\{[^}]*route="\/api\/run_sse\/:session_id"[^}]*status="401"[^}]*\} 1/,
    );
    expect(text).not.toContain('a.b');
  });

  it('show the API, and stay ready without a broadcaster', async () => {
    expect((await world.send('GET', '/health/ready')).status).toBe(200);
    const { text } = await world.send('GET', '/docs/openapi.json');
    expect(Object.keys((JSON.parse(text) as { paths: object }).paths)).toContain('/api/run_sse/{session_id}');
  });
});

describe('origins', () => {
  it('are none by default', async () => {
    await world.start();
    const answer = await world.ask('GET', '/api/sessions', undefined, { origin: 'https://app.example' });
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  it('that are allowed may preflight and read, also streams', async () => {
    await world.start({ ALLOW_ORIGINS: 'https://app.example,https://b.example' });
    await world.addBroadcaster((_request, response) => void response.writeHead(200, SSE).end('data: {}\n\n'));
    const origin = 'https://app.example';
    const preflight = await world.send('OPTIONS', '/api/run_sse/mine', {
      origin,
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization,idempotency-key',
    });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([204, origin]);
    const stream = await world.ask('GET', '/api/run_sse/mine', undefined, { origin });
    expect(stream.headers).toMatchObject({ 'access-control-allow-origin': origin, vary: 'Origin' });
    expect(stream.text).toBe('data: {}\n\n');
    const other = await world.ask('GET', '/api/run_sse/mine', undefined, { origin: 'https://evil.example' });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
  });
});
