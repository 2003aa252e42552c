import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';

const NUMBERS = Array.from({ length: 12 }, (_, index) => index + 1);

describe('event streams', () => {
  let world: BroadcasterWorld;
  let session: SessionKey;
  let ids: string[];
  let path: string;

  beforeAll(async () => {
    world = await BroadcasterWorld.start();
    session = await world.session();
    ids = await world.publishAll(session, NUMBERS);
    path = `/api/stream/${session.sessionId}`;
  });
  afterAll(() => world.close());

  it('sends head, retry and verdict at once, then replay, caught_up and what comes live', async () => {
    const fresh = await world.session();
    const stream = await world.open(`/api/stream/${fresh.sessionId}`);
    expect(stream.status).toBe(200);
    expect(stream.response.headers).toMatchObject({
      'content-type': 'text/event-stream; charset=utf-8',
      'cache-control': 'no-store, no-transform',
      'x-accel-buffering': 'no',
    });
    await stream.block('caught_up');
    expect(stream.text).toMatch(/^retry: \d+\n\n/);
    expect(stream.retries[0]).toBeGreaterThanOrEqual(250);
    expect(stream.retries[0]).toBeLessThanOrEqual(1_500);
    expect(stream.blocks.map(({ event }) => event)).toEqual(['agent_network_connection', 'caught_up']);
    expect(stream.blocks[0]!.data).toMatchObject({
      status: 'connected',
      sessionId: fresh.sessionId,
      authenticated: true,
      resume: { verdict: 'fresh' },
    });
    const id = await world.publish(fresh, 'live', { runId: 'r1' });
    await stream.until(() => stream.events.length === 1);
    expect(stream.blocks.at(-1)).toEqual({
      id,
      event: 'x.test.note',
      data: {
        message: 'live',
        sessionId: fresh.sessionId,
        runId: 'r1',
        channel: 'agents',
        timestamp: '2030-01-01T00:00:00.000Z',
      },
    });
  });

  it.each([
    ['', NUMBERS],
    ['?replay=all', NUMBERS],
    ['?replay=merged', NUMBERS],
    ['?replay=3', [10, 11, 12]],
    ['?replay=none', []],
    ['?replay=0', []],
  ])('replays to a reader without a position: %s', async (query, messages) => {
    const stream = await world.open(path + query);
    await stream.block('caught_up');
    expect(stream.messages).toEqual(messages);
    const { verdict, omitted } = stream.blocks[0]!.data['resume'] as { verdict: string; omitted?: object };
    expect(verdict).toBe(query === '?replay=3' ? 'partial' : 'fresh');
    expect(omitted).toEqual(verdict === 'partial' ? { from: `${world.bus.log.epoch}-0`, to: ids[8] } : undefined);
    stream.close();
  });

  it('goes on exactly at each cut position', async () => {
    for (const [index, id] of ids.entries()) {
      const stream = await world.open(path, { 'last-event-id': id });
      await stream.block('caught_up');
      expect(stream.blocks[0]).toMatchObject({ id, data: { resume: { verdict: 'resumed', from: id } } });
      expect(stream.messages).toEqual(NUMBERS.slice(index + 1));
      stream.close();
    }
  });

  it('takes the position from the query where there is no header, and the header where there are both', async () => {
    const byQuery = await world.open(`${path}?lastEventId=${ids[9]}`);
    await byQuery.block('caught_up');
    expect(byQuery.messages).toEqual([11, 12]);
    const byHeader = await world.open(`${path}?lastEventId=${ids[0]}`, { 'last-event-id': ids[10] });
    await byHeader.block('caught_up');
    expect(byHeader.messages).toEqual([12]);
  });

  it.each([
    ['nonsense', 'invalid_position'],
    ['zzzz-3', 'epoch_changed'],
    ['head-beyond', 'position_unknown'],
  ])('answers the position %s with a reset and the recent events', async (given, reason) => {
    const position = given === 'head-beyond' ? `${world.bus.log.epoch}-999999` : given;
    const stream = await world.open(path, { 'last-event-id': position });
    expect(stream.status).toBe(200);
    await stream.block('caught_up');
    expect(stream.blocks[0]!.data['resume']).toMatchObject({ verdict: 'reset', reason });
    expect(stream.messages).toEqual(NUMBERS);
  });

  it('gives each route its channels, and a filtered reader the position of what it does not see', async () => {
    const mixed = await world.session();
    const of = (channel: 'agents' | 'research' | 'chat') => world.publish(mixed, channel, { channel });
    await of('agents');
    await of('research');
    const last = await of('chat');
    const seen = async (route: string): Promise<unknown[]> => {
      const stream = await world.open(`${route}`);
      const caughtUp = await stream.block('caught_up');
      expect(caughtUp.id).toBe(last);
      return stream.messages;
    };
    expect(await seen(`/api/run_sse/${mixed.sessionId}`)).toEqual(['research', 'chat']);
    expect(await seen(`/agent_network_sse/${mixed.sessionId}`)).toEqual(['agents']);
    expect(await seen(`/api/stream/${mixed.sessionId}`)).toEqual(['agents', 'research', 'chat']);
    expect(await seen(`/api/stream/${mixed.sessionId}?channels=chat,agents`)).toEqual(['agents', 'chat']);
  });

  it('renames error events for native EventSource clients', async () => {
    const failing = await world.session();
    const error = { code: 'engine_failed', category: 'internal', message: 'It failed.', retryable: true };
    const publish = () => world.publish(failing, 0, { type: 'error', channel: 'research', data: error });
    const replayed = await publish();
    await world.publish(failing, 'other', { channel: 'research' });
    const stream = await world.open(`/api/run_sse/${failing.sessionId}?error_event=run_error`);
    await stream.block('caught_up');
    const live = await publish();
    await stream.until(() => stream.events.length === 3);
    expect(stream.events.map(({ id, event }) => [id, event])).toEqual([
      [replayed, 'run_error'],
      [expect.any(String), 'x.test.note'],
      [live, 'run_error'],
    ]);
    expect(stream.events[0]!.data).toMatchObject(error);
    const plain = await world.open(`/api/run_sse/${failing.sessionId}`);
    await plain.block('caught_up');
    expect(plain.events.map(({ event }) => event)).toEqual(['error', 'x.test.note', 'error']);
  });

  it.each([
    ['?replay=some', 'invalid_query'],
    ['?replay=-1', 'invalid_query'],
    ['?replay=1&replay=2', 'invalid_query'],
    ['?channels=', 'invalid_channels'],
    ['?channels=agents,secrets', 'invalid_channels'],
    ['?error_event=a%0Adata:', 'invalid_query'],
    ['?token=x', 'token_in_query'],
  ])('refuses %s', async (query, code) => {
    expect(await world.ask(path + query)).toMatchObject({ status: 400, body: { error: { code } } });
  });

  it('answers HEAD without opening a connection', async () => {
    const opened = await world.metric('connections_opened_total');
    const head = await world.open(path, undefined, 'HEAD');
    await head.end();
    expect(head.response.headers['content-type']).toBe('text/event-stream; charset=utf-8');
    expect(await world.metric('connections_opened_total')).toBe(opened);
  });
});
