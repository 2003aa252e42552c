import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { agentHistoryBodySchema, eventPageBodySchema, type EventPageBody, type SessionKey } from '@vana/events';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';
import { pageBody } from './event-pages.js';

describe('replay as JSON', () => {
  let world: BroadcasterWorld;
  beforeAll(async () => {
    world = await BroadcasterWorld.start();
  });
  afterAll(() => world.close());

  const page = async (session: SessionKey, query: string): Promise<EventPageBody> => {
    const { status, body } = await world.ask(`/api/sessions/${session.sessionId}/events${query}`);
    expect(status).toBe(200);
    return eventPageBodySchema.parse(body);
  };

  it('gives a session page by page', async () => {
    const session = await world.session();
    const ids = await world.publishAll(session, [1, 2, 3, 4, 5]);
    const first = await page(session, '?limit=2');
    expect(first.events.map(({ id }) => id)).toEqual(ids.slice(0, 2));
    expect(first.events[0]).toMatchObject({ event: 'x.test.note', data: { message: 1, channel: 'agents' } });
    const second = await page(session, `?limit=2&after=${first.next}`);
    const third = await page(session, `?limit=2&after=${second.next}`);
    expect([...second.events, ...third.events].map(({ id }) => id)).toEqual(ids.slice(2));
    const end = await page(session, `?after=${third.next}`);
    expect(end).toEqual({ session_id: session.sessionId, events: [], next: third.next });
  });

  it('starts anew where the position cannot be used', async () => {
    const session = await world.session();
    const ids = await world.publishAll(session, [1, 2]);
    for (const [after, reset] of [
      ['nonsense', 'invalid_position'],
      ['zzz-1', 'epoch_changed'],
      [`${world.bus.log.epoch}-99999`, 'position_unknown'],
    ]) {
      const answer = await page(session, `?after=${after}`);
      expect(answer).toMatchObject({ reset, next: ids[1] });
      expect(answer.events).toHaveLength(2);
    }
  });

  it.each(['?limit=0', '?limit=many', '?after=a&after=b'])('refuses %s', async (query) => {
    const session = await world.session();
    expect(await world.ask(`/api/sessions/${session.sessionId}/events${query}`)).toMatchObject({
      status: 400,
      body: { error: { code: 'invalid_query' } },
    });
  });

  it('ends a page where a gap begins, so that the gap stands before the next one', async () => {
    const session = await world.session();
    await world.publishAll(session, [1, 2, 3]);
    const { events } = await page(session, '');
    const { epoch } = world.bus.log;
    const entries = await world.bus.log.read(session, 0, 10);
    const at = (index: number): string => events[index]!.id;
    const gaps = [
      { from: `${epoch}-1`, to: `${epoch}-${entries[0]!.prev + 1}` },
      { from: at(1), to: `${epoch}-${entries[2]!.seq - 1}` },
    ];
    const shown = [{ ...entries[0]!, seq: entries[0]!.seq }, entries[1]!, entries[2]!];
    const cut = pageBody('s', epoch, { events: shown, next: at(2), gaps });
    expect(cut.events.map(({ id }) => id)).toEqual([at(0), at(1)]);
    expect(cut.next).toBe(at(1));
    expect(cut.gap).toEqual({ ...gaps[0], reason: 'retention' });
  });

  describe('/agent_network_history', () => {
    const history = async (sub: string, query = '', tenant = 'acme'): Promise<unknown[]> => {
      const { status, body } = await world.ask(`/agent_network_history${query}`, await world.headers(sub, { tenant }));
      expect(status).toBe(200);
      return agentHistoryBodySchema.parse(body).events.map(({ data }) => data['message']);
    };

    it('gives the agent events of the own sessions only, newest last', async () => {
      const [one, two] = [await world.session({ owner: 'una' }), await world.session({ owner: 'una' })];
      const shared = await world.session({ owner: 'tom', readers: ['una'] });
      const namesake = await world.session({ owner: 'una', tenant: 'other' });
      for (const message of [1, 2, 3, 4]) await world.publish(message % 2 ? one : two, message);
      await world.publish(one, 'chat', { channel: 'chat' });
      await world.publish(shared, 'of tom');
      await world.publish(namesake, 'of the other tenant');
      const brief = await world.publish(two, 'brief', { ttl: 5 });
      expect(brief).toBeDefined();
      expect(await history('una')).toEqual([1, 2, 3, 4, 'brief']);
      expect(await history('una', '?limit=2')).toEqual([4, 'brief']);
      expect(await history('tom')).toEqual(['of tom']);
      expect(await history('una', '', 'other')).toEqual(['of the other tenant']);
      expect(await history('nobody')).toEqual([]);
      await world.clock.advance(6_000);
      expect(await history('una')).toEqual([1, 2, 3, 4]);
      await world.sessions.remove(two, world.clock.now());
      expect(await history('una')).toEqual([1, 3]);
    });

    it('reads back past what other channels have published, in many sessions', async () => {
      const sessions: SessionKey[] = [];
      for (let index = 0; index < 20; index++) sessions.push(await world.session({ owner: 'max' }));
      for (const [index, session] of sessions.entries()) await world.publish(session, index);
      for (let index = 0; index < 450; index++) await world.publish(sessions[3]!, 'chatter', { channel: 'chat' });
      expect(await history('max', '?limit=20')).toEqual([...sessions.keys()]);
      expect(await history('max', '?limit=5')).toEqual([15, 16, 17, 18, 19]);
    });

    it.each(['?limit=0', '?limit=x'])('refuses %s', async (query) => {
      expect(await world.ask(`/agent_network_history${query}`)).toMatchObject({
        status: 400,
        body: { error: { code: 'invalid_query' } },
      });
    });
  });
});
