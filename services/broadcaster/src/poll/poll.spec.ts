import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { pollAnswerSchema, type PollAnswer, type SessionKey } from '@vana/events';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';

describe('long-polling', () => {
  let world: BroadcasterWorld;
  beforeAll(async () => {
    world = await BroadcasterWorld.start();
  });
  afterAll(() => world.close());

  const poll = async (session: SessionKey, query = ''): Promise<PollAnswer> => {
    const { status, body } = await world.ask(`/api/poll/${session.sessionId}${query}`);
    expect(status).toBe(200);
    return pollAnswerSchema.parse(body);
  };
  const names = ({ events }: PollAnswer): string[] => events.map(({ event }) => event);
  const messages = ({ events }: PollAnswer): unknown[] => events.flatMap(({ data }) => data['message'] ?? []);
  /** Polls that are caught up and wait. */
  const waiting = async (count: number): Promise<void> => {
    while ((await world.metric('connections_open', { route: 'poll' })) < count) await world.clock.flush();
    await world.clock.flush();
  };

  it('answers at once with what there is, as a stream would have sent it', async () => {
    const session = await world.session();
    const ids = await world.publishAll(session, [1, 2, 3]);
    const answer = await poll(session);
    expect(names(answer)).toEqual(['agent_network_connection', ...Array<string>(3).fill('x.test.note'), 'caught_up']);
    expect(answer.events.slice(1, 4).map(({ id }) => id)).toEqual(ids);
    expect(answer.events[1]!.data).toEqual({
      message: 1,
      sessionId: session.sessionId,
      channel: 'agents',
      timestamp: '2030-01-01T00:00:00.000Z',
    });
    expect(answer).toMatchObject({ session_id: session.sessionId, cursor: ids[2], caught_up: true });
  });

  it('goes on exactly at the cursor and waits for the next event', async () => {
    const session = await world.session();
    const [first, , third] = await world.publishAll(session, [1, 2, 3]);
    const rest = await poll(session, `?cursor=${first}`);
    expect(messages(rest)).toEqual([2, 3]);
    expect(rest.cursor).toBe(third);

    const waited = poll(session, `?cursor=${third}`);
    await waiting(1);
    const fourth = await world.publish(session, 4);
    expect(messages(await waited)).toEqual([4]);
    expect((await waited).cursor).toBe(fourth);
    expect(await world.metric('connections_open', { route: 'poll' })).toBe(0);
    expect(await world.metric('connections_closed_total', { route: 'poll', reason: 'answered' })).toBeGreaterThan(0);
  });

  it('answers without events when the time is up, with a cursor past what other channels had', async () => {
    const session = await world.session();
    const waited = poll(session, '?wait=5&channels=agents');
    await waiting(1);
    const id = await world.publish(session, 'not asked for', { channel: 'chat' });
    await world.clock.advance(4_000);
    expect(await world.metric('connections_open', { route: 'poll' })).toBe(1);
    await world.clock.advance(2_000);
    const answer = await waited;
    expect(names(answer)).toEqual(['agent_network_connection', 'caught_up']);
    expect(answer.cursor).toBe(id);
  });

  it('does not wait when told so', async () => {
    const session = await world.session();
    const answer = await poll(session, '?wait=0');
    expect(answer).toMatchObject({ caught_up: true, cursor: `${world.bus.log.epoch}-0` });
  });

  it('answers a position that cannot be used with a reset at once', async () => {
    const session = await world.session();
    await world.publish(session, 1);
    const answer = await poll(session, '?cursor=nonsense');
    expect(answer.events[0]!.data).toMatchObject({ resume: { verdict: 'reset', reason: 'invalid_position' } });
    expect(messages(answer)).toEqual([1]);
    const empty = await poll(await world.session(), '?cursor=nonsense');
    expect(names(empty)).toEqual(['agent_network_connection', 'caught_up']);
  });

  it('gives a long past in several answers, nothing twice and nothing left out', async () => {
    const session = await world.session();
    const content = 'x'.repeat(200_000);
    const expected: string[] = [];
    for (let index = 0; index < 12; index++) {
      const data = { messageId: `m${index}`, content };
      expected.push(await world.publish(session, index, { type: 'message_complete', channel: 'chat', data }));
    }
    const received: string[] = [];
    let answers = 0;
    for (let cursor = ''; ; answers++) {
      const answer = await poll(session, `?wait=0&replay=all&cursor=${cursor}`);
      const events = answer.events.filter(({ event }) => event === 'message_complete');
      received.push(...events.map(({ id }) => id));
      cursor = answer.cursor;
      if (answer.caught_up && events.length === 0) break;
    }
    expect(received).toEqual(expected);
    expect(answers).toBeGreaterThan(1);
  });

  it('forgets a client that leaves', async () => {
    const session = await world.session();
    const left = await world.metric('connections_closed_total', { route: 'poll', reason: 'left' });
    const abort = new AbortController();
    const { authorization } = await world.headers();
    const asked = fetch(`${world.service.url}/api/poll/${session.sessionId}`, {
      headers: { authorization: String(authorization) },
      signal: abort.signal,
    });
    await waiting(1);
    abort.abort();
    await expect(asked).rejects.toThrow();
    while ((await world.metric('connections_closed_total', { reason: 'left' })) === left) await world.clock.flush();
    expect(await world.metric('connections_open', { route: 'poll' })).toBe(0);
  });

  it.each(['?wait=soon', '?wait=-1', '?replay=x'])('refuses %s', async (query) => {
    const session = await world.session();
    expect(await world.ask(`/api/poll/${session.sessionId}${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_query' } },
    });
  });
});
