// What has to reach another pod: unsharing, revocations, a fresh token for a live stream.
import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { issueToken, type TokenRequest } from '@vana/access-token';
import { eventually } from '@vana/test-kit';
import { createParser } from 'eventsource-parser';
import { call, codeOf } from './api.js';
import { startSystem, type RunningSystem } from './set-up.js';

/** What is demanded of the slowest of a hundred. */
const REVOKED_WITHIN_MS = 2_000;
const REVOCATIONS = 60;

let system: RunningSystem;
let near: string;
let far: string;
beforeAll(async () => {
  system = await startSystem('cluster', { RESEARCH_ENGINE: 'scripted', NODE_ENV: 'test' });
  [near, far] = [system.gateways[0]!, system.gateways[1]!];
}, 180_000);
afterAll(() => system.stop());

const token = (sub: string, more: Partial<TokenRequest> = {}) =>
  issueToken(system.tokenSettings, {
    ...{ sub, scopes: ['sessions:read', 'sessions:write', 'runs:start'], expiresInS: 600, ...more },
  });

async function newSession(owner: string): Promise<string> {
  const sessionId = `s-${randomUUID()}`;
  const answer = await call(`${near}/api/sessions`, { method: 'POST', token: owner, json: { session_id: sessionId } });
  expect(answer.status).toBe(201);
  return sessionId;
}

interface Follower {
  readonly connectionId: string;
  /** Types of the blocks, and of `closing` its reason. */
  readonly blocks: string[];
  /** Resolves when the server has ended the stream; with the time of `closing`. */
  readonly closed: Promise<{ reason: string; atMs: number }>;
}

/** Resolves when the reader has caught up. */
async function follow(url: string, bearer: string): Promise<Follower> {
  const response = await fetch(url, { headers: { authorization: `Bearer ${bearer}` } });
  expect(response.status).toBe(200);
  const blocks: string[] = [];
  let connectionId = '';
  let closing = { reason: 'none', atMs: 0 };
  const parser = createParser({
    onEvent: ({ event = 'message', data }) => {
      const body = JSON.parse(data) as { connectionId?: string; reason?: string };
      if (event === 'agent_network_connection') connectionId = body.connectionId ?? '';
      if (event === 'closing') closing = { reason: body.reason ?? '', atMs: performance.now() };
      blocks.push(event);
    },
  });
  const read = async () => {
    const decoder = new TextDecoder();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
    return closing;
  };
  const closed = read();
  await eventually(() => blocks.includes('caught_up'));
  return { connectionId, blocks, closed };
}

describe('across pods', () => {
  it('unsharing ends the reader’s stream, wherever it is', async () => {
    const [ada, bob] = [await token('ada'), await token('bob')];
    const sessionId = await newSession(ada);
    const reader = `${near}/api/sessions/${sessionId}/readers/bob`;
    expect((await call(reader, { method: 'PUT', token: ada })).status).toBe(204);
    const streams = await Promise.all([
      follow(`${far}/api/stream/${sessionId}`, bob),
      follow(`${near}/agent_network_sse/${sessionId}`, bob),
    ]);
    expect((await call(reader, { method: 'DELETE', token: ada })).status).toBe(204);
    for (const { closed } of streams) expect((await closed).reason).toBe('unshared');
    expect(codeOf(await call(`${far}/api/stream/${sessionId}`, { token: bob }))).toBe('session_not_found');
  });

  it('a revocation ends streams within two seconds, and is in force at every gateway', async () => {
    const admin = await token('root', { scopes: ['admin'] });
    const people = await Promise.all(
      Array.from({ length: REVOCATIONS }, async (_, n) => {
        const bearer = await token(`person-${n}`);
        const sessionId = await newSession(bearer);
        const stream = await follow(`${n % 2 === 0 ? near : far}/api/stream/${sessionId}`, bearer);
        return { sub: `person-${n}`, bearer, sessionId, stream };
      }),
    );
    const times: number[] = [];
    for (const [n, { sub, bearer, sessionId, stream }] of people.entries()) {
      const { jti } = JSON.parse(Buffer.from(bearer.split('.')[1]!, 'base64url').toString()) as { jti: string };
      const json = [{ token_id: jti }, { principal: sub }, { session_id: sessionId }][n % 3];
      const startMs = performance.now();
      const answer = await call(`${near}/auth/revocations`, { method: 'POST', token: admin, json });
      expect(answer.status).toBe(201);
      const { reason, atMs } = await stream.closed;
      expect(reason).toBe('revoked');
      await eventually(async () => {
        const again = await call(`${far}/api/poll/${sessionId}?wait=0`, { token: bearer });
        return again.status === 401 && codeOf(again) === 'unauthenticated';
      });
      times.push(Math.max(atMs, performance.now()) - startMs);
    }
    expect(Math.max(...times)).toBeLessThan(REVOKED_WITHIN_MS);
  }, 120_000);

  it('a fresh token keeps a live stream open, through any gateway', async () => {
    const short = await token('ada', { expiresInS: 5 });
    const fresh = await token('ada');
    const sessionId = await newSession(fresh);
    const [kept, left] = [
      await follow(`${near}/api/stream/${sessionId}`, short),
      await follow(`${near}/api/stream/${sessionId}`, short),
    ];
    const renew = (bearer: string, id = kept.connectionId) =>
      call(`${far}/api/stream/${id}/token`, { method: 'POST', token: bearer });
    expect(codeOf(await renew(await token('eve')))).toBe('connection_not_found');
    const answer = await renew(fresh);
    expect([answer.status, answer.body['connection_id']]).toEqual([200, kept.connectionId]);
    expect((await left.closed).reason).toBe('token_expired');
    expect(codeOf(await renew(fresh, left.connectionId))).toBe('connection_not_found');
    const run = { method: 'POST', token: fresh, json: { query: 'events=3' } };
    expect((await call(`${near}/api/run_sse/${sessionId}`, run)).status).toBe(202);
    await eventually(() => kept.blocks.includes('research_complete'));
    expect(kept.blocks).not.toContain('closing');
    expect((await call(`${near}/api/sessions/${sessionId}`, { method: 'DELETE', token: fresh })).status).toBe(204);
    expect((await kept.closed).reason).toBe('none');
  });
});
