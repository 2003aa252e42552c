// The anonymous column of the authorization matrix: demo mode through all services.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { TenantWorld } from './spec/tenant-world.js';

const world = new TenantWorld();
const [own, adas] = [randomUUID(), randomUUID()];
let runs: Record<string, string>;
beforeAll(async () => {
  await world.start({ REQUIRE_SSE_AUTH: 'no' });
  const start = async (id: string, token?: string) => {
    const answer = await world.ask(`/api/run_sse/${id}`, { method: 'POST', token, json: { query: 'events=3' } });
    expect(answer.status).toBe(202);
    return String(answer.body['run_id']);
  };
  runs = { own: await start(own), adas: await start(adas, await world.token('ada')) };
});
afterAll(() => world.stop());

const READS = [
  '/api/run_sse/ID',
  '/agent_network_sse/ID',
  '/api/stream/ID',
  '/api/sse/stream/ID',
  '/api/sse?path=/api/stream/ID',
  '/api/poll/ID?wait=0',
  '/api/sessions/ID',
  '/api/sessions/ID/events',
];

describe('nobody', () => {
  it.each(READS)('may read GET %s of its own session, and not of ada’s', async (path) => {
    expect((await world.ask(path.replace('ID', own))).status).toBe(200);
    expect(await world.ask(path.replace('ID', adas))).toMatchObject({ status: 404, code: 'session_not_found' });
    expect(await world.ask(path.replace('ID', 'short'))).toMatchObject({ status: 400, code: 'weak_session_id' });
    const ada = await world.token('ada');
    expect((await world.ask(path.replace('ID', adas), { token: ada })).status).toBe(200);
    expect((await world.ask(path.replace('ID', own), { token: ada })).status).toBe(404);
  });

  it('may look at and cancel its own run only, naming its session', async () => {
    for (const method of ['GET', 'DELETE']) {
      expect((await world.ask(`/api/runs/${runs['own']!}?session_id=${own}`, { method })).status).toBe(200);
      expect(await world.ask(`/api/runs/${runs['own']!}`, { method })).toMatchObject({ status: 401 });
      for (const id of [own, adas, randomUUID()]) {
        expect(await world.ask(`/api/runs/${runs['adas']!}?session_id=${id}`, { method })).toMatchObject({
          status: 404,
          code: 'run_not_found',
        });
      }
    }
  });

  it('may not run ada’s session', async () => {
    const answer = await world.ask(`/api/run_sse/${adas}`, { method: 'POST', json: { query: 'events=1' } });
    expect(answer).toMatchObject({ status: 404, code: 'session_not_found' });
  });

  it.each([
    ['GET', '/api/sessions', 401],
    ['POST', '/api/sessions', 401],
    ['GET', '/agent_network_history', 401],
    ['POST', '/auth/session', 401],
    ['POST', '/auth/revocations', 401],
    ['POST', `/api/stream/${randomUUID()}_0123456789abcdef/token`, 401],
    ['DELETE', `/api/sessions/${own}`, 403],
    ['PUT', `/api/sessions/${own}/readers/eve`, 403],
    ['DELETE', `/api/sessions/${own}/readers/eve`, 403],
  ])('%s %s is not for nobody', async (method, path, status) => {
    expect((await world.ask(path, { method })).status).toBe(status);
  });
});
