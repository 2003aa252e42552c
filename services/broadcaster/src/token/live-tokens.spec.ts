// What happens to a stream's token while the stream is open: it ends, is renewed, is revoked.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { CALL_TOKEN_LIFE_S, issuePrincipalToken } from '@vana/access-token';
import type { Principal } from '@vana/events';
import { podOfConnection } from '@vana/routing';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';
import type { SseClient } from '../spec/sse-client.js';

let world: BroadcasterWorld;
beforeAll(async () => {
  world = await BroadcasterWorld.start();
});
afterAll(() => world.close());

/** The gateway's token for a principal whose own one ends in `leftS` seconds. */
async function call(leftS: number, change: Partial<Principal> = {}) {
  const nowMs = world.clock.now();
  const principal: Principal = {
    ...{ id: 'ada', tenant: 'acme', scopes: ['sessions:read'], tokenId: 'first', issuedAtMs: nowMs - 1_000 },
    ...{ expiresAtMs: nowMs + leftS * 1_000, ...change },
  };
  const endS = Date.now() / 1_000 + CALL_TOKEN_LIFE_S;
  const token = await issuePrincipalToken(world.settings.internalSecret, 'vana-broadcaster', principal, endS);
  return { authorization: `Bearer ${token}` };
}

async function opened(headers: { authorization: string }, readers: string[] = []) {
  const session = await world.session({ readers });
  const stream = await world.open(`/api/stream/${session.sessionId}`, headers);
  await stream.block('caught_up');
  return { session, stream, id: await connectionIdOf(stream) };
}

async function connectionIdOf(stream: SseClient): Promise<string> {
  const { data } = await stream.block('agent_network_connection');
  return (data as { connectionId: string }).connectionId;
}

async function renew(id: string, headers: { authorization: string }) {
  const answer = await fetch(`${world.service.url}/api/stream/${id}/token`, { method: 'POST', headers });
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
}

describe('a live stream', () => {
  it('has an id that names its pod', async () => {
    const { id } = await opened(await call(60));
    expect(podOfConnection(id)).toBe(world.presence.present()[0]!.podId);
  });

  it('ends with its token', async () => {
    const { stream } = await opened(await call(30));
    await world.clock.advance(31_000);
    expect((await stream.block('closing')).data).toEqual({ reason: 'token_expired', reconnect: true });
    await stream.end();
  });

  it('lives on with a fresh token of its principal, and ends with that one', async () => {
    const { session, stream, id } = await opened(await call(30));
    await world.clock.advance(20_000);
    const answer = await renew(id, await call(120, { tokenId: 'second' }));
    expect(answer).toEqual({
      status: 200,
      body: { connection_id: id, expires_at: new Date(world.clock.now() + 120_000).toISOString() },
    });
    await world.clock.advance(60_000);
    await world.publish(session, 'still there');
    await stream.until(({ events }) => events.length === 1);
    await world.clock.advance(61_000);
    expect((await stream.block('closing')).data).toMatchObject({ reason: 'token_expired' });
  });

  it('does not live on with another’s token, one without the scope, an expired one, or a wrong id', async () => {
    const { stream, id } = await opened(await call(30), ['eve']);
    const unknown = await renew(`${id.slice(0, -1)}${id.endsWith('0') ? '1' : '0'}`, await call(120));
    expect(unknown).toMatchObject({ status: 404, body: { error: { code: 'connection_not_found' } } });
    expect(await renew(id, await call(120, { id: 'eve' }))).toEqual(unknown);
    expect(await renew(id, await call(120, { tenant: 'other' }))).toEqual(unknown);
    expect((await renew(id, await call(120, { scopes: ['runs:start'] }))).status).toBe(403);
    expect(
      (await renew(id, (await world.headers('ada', { expiresInS: -60 })) as { authorization: string })).status,
    ).toBe(401);
    await world.clock.advance(31_000);
    expect((await stream.block('closing')).data).toMatchObject({ reason: 'token_expired' });
    await stream.end();
    expect(await renew(id, await call(120))).toEqual(unknown);
  });
});

describe('a revocation', () => {
  const revoke = (kind: 'token' | 'principal' | 'session', id: string, tenant = 'acme') =>
    world.revocations.revoke({ tenant, kind, id, revokedAtMs: world.clock.now(), expiresAtMs: Date.now() + 1e9 });

  it.each(['token', 'principal', 'session'] as const)('of a %s cuts its streams, and no others', async (kind) => {
    const who = { id: `p-${kind}`, tokenId: `t-${kind}` };
    const mine = await world.session({ owner: who.id });
    const other = await world.session({ owner: 'ada', readers: [who.id] });
    const path = `/api/stream/${mine.sessionId}`;
    const cut = await world.open(path, await call(600, who));
    const poll = world.ask(`/api/poll/${mine.sessionId}?wait=50`, await call(600, who));
    const stays = await world.open(`/api/stream/${other.sessionId}`, await call(600));
    for (const stream of [cut, stays]) await stream.block('caught_up');
    while ((await world.metric('connections_open', { route: 'poll' })) < 1) await world.clock.flush();
    while ((await world.metric('resumes_total', { verdict: 'fresh' })) < 3) await world.clock.flush();
    const closed = await world.metric('connections_closed_total', { reason: 'revoked' });
    await revoke(kind, { token: who.tokenId, principal: who.id, session: mine.sessionId }[kind]);
    expect((await cut.block('closing')).data).toEqual({ reason: 'revoked', reconnect: false });
    await cut.end();
    expect(await poll).toMatchObject({ body: { closing: { reason: 'revoked', reconnect: false } } });
    expect(await world.metric('connections_closed_total', { reason: 'revoked' })).toBe(closed + 2);
    expect(await world.ask(path, await call(600, who))).toMatchObject({ status: 401 });
    await world.publish(other, kind);
    await stays.until(({ events }) => events.length === 1);
    // A token that was issued later is none of those.
    const later = { ...who, tokenId: 'fresh', issuedAtMs: world.clock.now() + 1_000 };
    expect((await world.open(path, await call(600, later))).status).toBe(200);
  });

  it('of a token that a stream has given up does not cut the stream', async () => {
    const who = { id: 'carol', tokenId: 'old' };
    const session = await world.session({ owner: who.id });
    const stream = await world.open(`/api/stream/${session.sessionId}`, await call(600, who));
    await stream.block('caught_up');
    await renew(await connectionIdOf(stream), await call(600, { ...who, tokenId: 'new' }));
    await revoke('token', 'old');
    await world.publish(session, 'still there');
    await stream.until(({ events }) => events.length === 1);
    await revoke('token', 'new');
    expect((await stream.block('closing')).data).toMatchObject({ reason: 'revoked' });
  });

  it('in another tenant is nothing to this one', async () => {
    const { session, stream } = await opened(await call(600));
    await revoke('principal', 'ada', 'other');
    await world.publish(session, 'still there');
    await stream.until(({ events }) => events.length === 1);
  });
});
