import { afterEach, describe, expect, it } from '@jest/globals';
import { POD_REFUSAL_HEADER } from '@vana/routing';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';

describe('connection limits', () => {
  let world: BroadcasterWorld;
  afterEach(() => world.close());

  it('turns a stream over the pod limit away with 200, a long retry and closing', async () => {
    world = await BroadcasterWorld.start({ settings: { maxConnections: 1 } });
    const session = await world.session();
    const id = await world.publish(session, 1);
    const path = `/api/stream/${session.sessionId}`;
    const first = await world.open(path);
    await first.block('caught_up');

    const refused = await world.open(path, { 'last-event-id': id });
    expect(refused.status).toBe(200);
    expect(refused.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(refused.response.headers[POD_REFUSAL_HEADER]).toBe('too_many_connections');
    await refused.end();
    expect(refused.retries[0]).toBeGreaterThanOrEqual(5_000);
    expect(refused.retries[0]).toBeLessThanOrEqual(10_000);
    const closing = { event: 'closing', data: { reason: 'too_many_connections', reconnect: true } };
    expect(refused.blocks).toEqual([{ id, ...closing }]);
    const withoutPosition = await (await world.open(path)).end();
    // An empty id leaves a client without a position.
    expect(withoutPosition.blocks).toEqual([{ id: '', ...closing }]);

    expect(await world.ask(`/api/poll/${session.sessionId}`)).toMatchObject({
      status: 429,
      body: { error: { code: 'too_many_connections', retryable: true } },
    });
    expect(await world.metric('connections_refused_total', { reason: 'too_many_connections' })).toBe(3);
    expect(await world.metric('connections_open')).toBe(1);

    first.close();
    await world.clock.flush();
    while ((await world.metric('connections_open')) > 0) await world.clock.flush();
    const again = await world.open(path);
    await again.block('caught_up');
  });

  it('counts each principal by itself', async () => {
    world = await BroadcasterWorld.start({ settings: { maxConnectionsPerPrincipal: 2 } });
    const session = await world.session({ readers: ['bob'] });
    const path = `/api/stream/${session.sessionId}`;
    for (const sub of ['ada', 'ada', 'bob'])
      await (await world.open(path, await world.headers(sub))).block('caught_up');
    const refused = await (await world.open(path)).end();
    // Another pod would count this reader alike.
    expect(refused.response.headers[POD_REFUSAL_HEADER]).toBeUndefined();
    expect(refused.blocks.map(({ event }) => event)).toEqual(['closing']);
    await (await world.open(path, await world.headers('bob'))).block('caught_up');
    expect(await world.metric('connections_open')).toBe(4);
  });
});
