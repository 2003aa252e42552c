// Bad input gets a clear JSON error with a code, and nothing else happens; runs end once, however they end.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueToken } from '@vana/access-token';
import { call, codeOf, storedEvents, type Call } from './api.js';
import { fetchClient } from './clients/fetch-client.js';
import { storedOnly } from './clients/stream-client.js';
import { SET_UPS, startSystem, type RunningSystem } from './set-up.js';

const encoded = (part: object): string => Buffer.from(JSON.stringify(part)).toString('base64url');

describe.each(SET_UPS)('refusals of the %s set-up', (setUp) => {
  let system: RunningSystem;
  let gateway: string;
  let alice: string;
  let mallory: string;
  beforeAll(async () => {
    system = await startSystem(setUp, { RESEARCH_ENGINE: 'scripted', NODE_ENV: 'test' });
    gateway = system.gateways.at(-1)!;
    [alice, mallory] = await Promise.all([system.token('alice'), system.token('mallory')]);
  }, 180_000);
  afterAll(() => system.stop());

  const start = (sessionId: string, more: Call): ReturnType<typeof call> =>
    call(`${gateway}/api/run_sse/${sessionId}`, { method: 'POST', token: alice, ...more });
  const mustNotExist = async (sessionId: string): Promise<void> => {
    expect(codeOf(await call(`${gateway}/api/sessions/${sessionId}`, { token: alice }))).toBe('session_not_found');
  };

  it.each<[string, Call, number, string]>([
    ['an empty question', { json: { query: '' } }, 400, 'question_empty'],
    ['a blank question', { json: { query: ' \n ' } }, 400, 'question_empty'],
    ['an oversized question', { json: { query: 'x'.repeat(10_001) } }, 400, 'question_too_long'],
    ['no question', { json: {} }, 400, 'invalid_body'],
    ['bad JSON', { text: '{"query": ' }, 400, 'bad_json'],
    ['no JSON', { text: 'query=x', headers: { 'content-type': 'text/plain' } }, 415, 'unsupported_media_type'],
    ['a huge body', { text: JSON.stringify({ query: 'x'.repeat(2_000_000) }) }, 413, 'body_too_large'],
  ])('%s', async (_name, more, status, code) => {
    const sessionId = `s-${randomUUID()}`;
    const answer = await start(sessionId, more);
    expect([answer.status, codeOf(answer)]).toEqual([status, code]);
    await mustNotExist(sessionId);
  });

  it.each(['a.b', '*', '%2A', '>', '%3E', 'a%20b', 'x'.repeat(65), 'a%2Fb', 'ü'])('session id %j', async (id) => {
    for (const path of [`/api/run_sse/${id}`, `/api/stream/${id}`, `/api/poll/${id}`, `/api/sessions/${id}/events`]) {
      const answer = await call(`${gateway}${path}`, { token: alice });
      expect([path, answer.status, codeOf(answer)]).toEqual([path, 400, 'invalid_session_id']);
    }
    expect(codeOf(await start(id, { json: { query: 'q' } }))).toBe('invalid_session_id');
  });

  it('unknown and foreign sessions and runs are answered alike', async () => {
    const own = `s-${randomUUID()}`;
    const run = await start(own, { json: { query: 'events=3' } });
    const runId = String(run.body['run_id']);
    const asked = [
      '/api/stream/ID',
      '/api/run_sse/ID',
      '/agent_network_sse/ID',
      '/api/poll/ID',
      '/api/sessions/ID',
      '/api/sessions/ID/events',
    ];
    for (const path of asked) {
      const foreign = await call(gateway + path.replace('ID', own), { token: mallory });
      const unknown = await call(gateway + path.replace('ID', `s-${randomUUID()}`), { token: mallory });
      expect([path, foreign.status, codeOf(foreign)]).toEqual([path, 404, 'session_not_found']);
      expect(foreign).toEqual(unknown);
    }
    const foreignStart = await start(own, { token: mallory, json: { query: 'q' } });
    expect([foreignStart.status, codeOf(foreignStart)]).toEqual([404, 'session_not_found']);
    for (const method of ['GET', 'DELETE']) {
      const foreign = await call(`${gateway}/api/runs/${runId}`, { method, token: mallory });
      expect(foreign).toEqual(await call(`${gateway}/api/runs/${randomUUID()}`, { method, token: mallory }));
      expect(codeOf(foreign)).toBe('run_not_found');
    }
    expect((await call(`${gateway}/agent_network_history`, { token: mallory })).body['events']).toEqual([]);
  });

  it('no token, and every kind of bad one', async () => {
    const { tokenSettings } = system;
    const claims = { sub: 'alice', scope: 'runs:start', iss: 'vana-stream', aud: 'vana-stream', exp: 4_000_000_000 };
    const request = { sub: 'alice', scopes: ['runs:start'], expiresInS: 60 } as const;
    const bad: Record<string, string | undefined> = {
      none: undefined,
      garbage: 'x.y.z',
      expired: await issueToken(tokenSettings, { ...request, expiresInS: -120 }),
      'another audience': await issueToken({ ...tokenSettings, audience: 'somebody-else' }, request),
      'another issuer': await issueToken({ ...tokenSettings, issuer: 'somebody-else' }, request),
      'another secret': await issueToken(
        { ...tokenSettings, key: { algorithm: 'HS256', secret: 'x'.repeat(32) } },
        request,
      ),
      'alg none': `${encoded({ alg: 'none', typ: 'JWT' })}.${encoded(claims)}.`,
    };
    for (const [name, token] of Object.entries(bad)) {
      const sessionId = `s-${randomUUID()}`;
      const answer = await start(sessionId, { token, json: { query: 'q' } });
      expect([name, answer.status, codeOf(answer)]).toEqual([name, 401, 'unauthenticated']);
      const stream = await call(`${gateway}/api/stream/${sessionId}`, { token });
      expect([name, stream.status, codeOf(stream)]).toEqual([name, 401, 'unauthenticated']);
      await mustNotExist(sessionId);
    }
  });

  it('a token in the query, even a good one', async () => {
    for (const name of ['token', 'access_token', 'jwt']) {
      const answer = await call(`${gateway}/api/stream/s1?${name}=${alice}`, { token: alice });
      expect([answer.status, codeOf(answer)]).toEqual([400, 'token_in_query']);
      expect(JSON.stringify(answer.body)).not.toContain(alice);
    }
  });

  it('a token without the scope', async () => {
    const reader = await system.token('alice', { scopes: ['sessions:read'] });
    const answer = await start(`s-${randomUUID()}`, { token: reader, json: { query: 'q' } });
    expect([answer.status, codeOf(answer)]).toEqual([403, 'insufficient_scope']);
  });

  it('a second run at once names the active one; cancelling ends it once', async () => {
    const sessionId = `s-${randomUUID()}`;
    const first = await start(sessionId, { json: { query: 'events=4 wait-for-cancel' } });
    expect(first.status).toBe(202);
    const runId = String(first.body['run_id']);
    const second = await start(sessionId, { json: { query: 'q' } });
    expect([second.status, codeOf(second)]).toEqual([409, 'run_active']);
    expect(JSON.stringify(second.body)).toContain(runId);

    const url = `${gateway}/api/stream/${sessionId}`;
    const ending = fetchClient({ url, token: alice, until: ({ type }) => type === 'research_complete' });
    expect((await call(`${gateway}/api/runs/${runId}`, { method: 'DELETE', token: alice })).status).toBe(200);
    const blocks = await ending;
    expect(JSON.parse(blocks.at(-1)!.data)).toMatchObject({ runId, status: 'cancelled' });
    expect((await call(`${gateway}/api/runs/${runId}`, { token: alice })).body).toMatchObject({ status: 'cancelled' });
    const completes = (await storedEvents(gateway, sessionId, alice)).filter(
      ({ type }) => type === 'research_complete',
    );
    expect(completes).toHaveLength(1);
  });

  it('a failing engine: one `error`, one `research_complete {failed}`', async () => {
    const sessionId = `s-${randomUUID()}`;
    const started = await start(sessionId, { json: { query: 'events=9 fail=5' } });
    expect(started.status).toBe(202);
    const url = `${gateway}/api/stream/${sessionId}`;
    const blocks = storedOnly(
      await fetchClient({ url, token: alice, until: ({ type }) => type === 'research_complete' }),
    );
    expect(blocks.slice(-2).map(({ type }) => type)).toEqual(['error', 'research_complete']);
    expect(JSON.parse(blocks.at(-2)!.data)).toMatchObject({ code: 'engine_failed', category: 'internal' });
    expect(JSON.parse(blocks.at(-1)!.data)).toMatchObject({ status: 'failed' });
    const types = (await storedEvents(gateway, sessionId, alice)).map(({ type }) => type);
    expect(types.filter((type) => type === 'error' || type === 'research_complete')).toHaveLength(2);
    // The session is free again.
    expect((await start(sessionId, { json: { query: 'events=1' } })).status).toBe(202);
  });

  it('a deleted session is gone for its owner, unknown to others, and its readers are told', async () => {
    const sessionId = `s-${randomUUID()}`;
    await start(sessionId, { json: { query: 'events=2' } });
    const url = `${gateway}/api/stream/${sessionId}`;
    const until = ({ type }: { type: string }): boolean => type === 'end';
    const reading = fetchClient({ url, token: alice, until });
    // The reader is there before the session goes.
    await fetchClient({ url, token: alice, until: ({ type }) => type === 'research_complete' });
    expect((await call(`${gateway}/api/sessions/${sessionId}`, { method: 'DELETE', token: alice })).status).toBe(204);
    expect((await reading).at(-1)!.type).toBe('end');
    const answer = await call(url, { token: alice });
    expect([answer.status, codeOf(answer)]).toEqual([410, 'session_gone']);
    expect(codeOf(await call(url, { token: mallory }))).toBe('session_not_found');
    expect(codeOf(await start(sessionId, { json: { query: 'q' } }))).toBe('session_gone');
  });
});
