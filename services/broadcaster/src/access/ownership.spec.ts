import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';

const ROUTES = [
  (id: string) => `/api/run_sse/${id}`,
  (id: string) => `/agent_network_sse/${id}`,
  (id: string) => `/api/stream/${id}`,
  (id: string) => `/api/poll/${id}?wait=0`,
  (id: string) => `/api/sessions/${id}/events`,
];

describe.each(ROUTES)('who may read %#', (route) => {
  let world: BroadcasterWorld;
  beforeAll(async () => {
    world = await BroadcasterWorld.start();
  });
  afterAll(() => world.close());

  it('wants a token, with the scope', async () => {
    const { sessionId } = await world.session();
    expect(await world.ask(route(sessionId), { authorization: '' })).toMatchObject({
      status: 401,
      body: { error: { code: 'unauthenticated' } },
    });
    expect(await world.ask(route(sessionId), await world.headers('ada', { scopes: ['runs:start'] }))).toMatchObject({
      status: 403,
      body: { error: { code: 'insufficient_scope' } },
    });
  });

  it('answers an unknown session, a stranger and another tenant with the same 404', async () => {
    const { sessionId } = await world.session();
    const answers = [
      await world.ask(route('unknown')),
      await world.ask(route(sessionId), await world.headers('eve')),
      await world.ask(route(sessionId), await world.headers('ada', { tenant: 'other' })),
    ];
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: 404, body: { error: { code: 'session_not_found' } } });
      expect(answer).toEqual(answers[0]);
    }
  });

  it('tells those who could read a deleted session that it is gone, and nobody else', async () => {
    const session = await world.session({ readers: ['bob'] });
    await world.publish(session, 1);
    await world.sessions.remove(session, world.clock.now());
    const gone = { status: 410, body: { error: { code: 'session_gone' } } };
    expect(await world.ask(route(session.sessionId))).toMatchObject(gone);
    expect(await world.ask(route(session.sessionId), await world.headers('bob'))).toMatchObject(gone);
    expect((await world.ask(route(session.sessionId), await world.headers('eve'))).status).toBe(404);
  });

  it.each(['a.b', 'a*', 'a%3E', 'a%20b', 'x'.repeat(65)])('refuses the session id %s', async (id) => {
    expect(await world.ask(route(id))).toMatchObject({ status: 400, body: { error: { code: 'invalid_session_id' } } });
  });
});

describe('sessions that change under open streams', () => {
  let world: BroadcasterWorld;
  beforeAll(async () => {
    world = await BroadcasterWorld.start();
  });
  afterAll(() => world.close());

  it('ends the streams of a deleted session; with its last position a client is told to stop', async () => {
    const session = await world.session();
    const first = await world.publish(session, 1);
    const path = `/api/stream/${session.sessionId}`;
    const stream = await world.open(path);
    await stream.block('caught_up');
    const last = await world.publish(session, 2);
    await stream.until(({ events }) => events.length === 2);
    await world.sessions.remove(session, world.clock.now());
    expect(await stream.block('end')).toEqual({ id: last, event: 'end', data: { reason: 'deleted' } });
    await stream.end();
    expect(await world.metric('connections_closed_total', { reason: 'deleted' })).toBe(1);

    expect((await world.ask(path, { 'last-event-id': last })).status).toBe(204);
    expect((await world.ask(`${path}?lastEventId=${last}`)).status).toBe(204);
    expect((await world.ask(path, { 'last-event-id': first })).status).toBe(410);
    expect((await world.ask(path, { 'last-event-id': 'nonsense' })).status).toBe(410);
    expect((await world.ask(path)).status).toBe(410);
    const stranger = { ...(await world.headers('eve')), 'last-event-id': last };
    expect((await world.ask(path, stranger)).status).toBe(404);
  });

  it('cuts a reader with whom the session is no longer shared, and nobody else', async () => {
    const session = await world.session({ readers: ['bob'] });
    const path = `/api/stream/${session.sessionId}`;
    const bob = await world.open(path, await world.headers('bob'));
    const ada = await world.open(path);
    await bob.block('caught_up');
    await ada.block('caught_up');
    await world.sessions.update(session, (record) => ({ ...record, readers: [] }));
    expect((await bob.block('closing')).data).toEqual({ reason: 'unshared', reconnect: false });
    await bob.end();
    await world.publish(session, 'after');
    await ada.until(({ events }) => events.length === 1);
    expect(bob.events).toEqual([]);
    expect((await world.ask(path, await world.headers('bob'))).status).toBe(404);
  });

  it('answers a poll that waits on a session that is deleted or unshared', async () => {
    const session = await world.session({ readers: ['bob'] });
    const path = `/api/poll/${session.sessionId}`;
    const [ada, bob] = [world.ask(path), world.ask(path, await world.headers('bob'))];
    while ((await world.metric('connections_open', { route: 'poll' })) < 2) await world.clock.flush();
    // The clock stands: only the change can end the wait.
    while ((await world.metric('resumes_total', { verdict: 'fresh' })) < 2) await world.clock.flush();
    await world.sessions.update(session, (record) => ({ ...record, readers: [] }));
    expect(await bob).toMatchObject({ status: 200, body: { closing: { reason: 'unshared', reconnect: false } } });
    await world.sessions.remove(session, world.clock.now());
    const answer = await ada;
    expect(answer.status).toBe(200);
    const { events } = answer.body as { events: { event: string }[] };
    expect(events.at(-1)).toMatchObject({ event: 'end', data: { reason: 'deleted' } });
  });
});
