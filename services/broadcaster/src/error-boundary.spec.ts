import { afterEach, describe, expect, it } from '@jest/globals';
import { VanaError, type SessionKey } from '@vana/events';
import { POD_REFUSAL_HEADER } from '@vana/routing';
import type { EventLog } from '@vana/stream-core';
import { BroadcasterWorld } from './spec/broadcaster-world.js';
import { SSE_FRAME_ENCODER } from './sse/frame-encoder.js';

describe('a fault in one place', () => {
  let world: BroadcasterWorld;
  afterEach(() => world.close());

  it('of the encoder costs the one event, which is announced as a gap', async () => {
    world = await BroadcasterWorld.start({
      ports: () => ({
        encoder: {
          encode: (epoch, entry) => {
            if (entry.event.data['message'] === 'planted') throw new Error('planted');
            return SSE_FRAME_ENCODER.encode(epoch, entry);
          },
        },
      }),
    });
    const [broken, healthy] = [await world.session(), await world.session()];
    const streams = [broken, healthy].map(({ sessionId }) => world.open(`/api/stream/${sessionId}`));
    const [first, second] = [await streams[0]!, await streams[1]!];
    await Promise.all([first.block('caught_up'), second.block('caught_up')]);
    const before = await world.publish(broken, 1);
    const planted = await world.publish(broken, 'planted');
    await world.publish(broken, 2);
    await world.publish(healthy, 1);
    await first.until(({ events }) => events.length === 2);
    expect(first.messages).toEqual([1, 2]);
    expect(first.named('gap').map(({ id, data }) => [id, data])).toEqual([
      [planted, { from: before, to: planted, reason: 'unreadable' }],
    ]);
    await second.until(({ events }) => events.length === 1);
    expect(second.blocks.map(({ event }) => event)).toEqual(['agent_network_connection', 'caught_up', 'x.test.note']);
    expect(await world.metric('gaps_total', { reason: 'unreadable' })).toBe(1);
  });

  it('of a feed is told to its readers once; the feed is rebuilt, others are not touched', async () => {
    let fault: Error | undefined;
    const faulty: SessionKey = { tenant: 'acme', sessionId: 'faulty' };
    const guarded = (log: EventLog): EventLog => ({
      ...log,
      get epoch() {
        return log.epoch;
      },
      subscribe: async (session, listener) => {
        if (fault !== undefined && session.sessionId === faulty.sessionId) throw fault;
        return log.subscribe(session, listener);
      },
    });
    world = await BroadcasterWorld.start({ ports: ({ log }) => ({ log: guarded(log) }) });
    await world.session(faulty);
    const healthy = await world.session();
    const other = await world.open(`/api/stream/${healthy.sessionId}`);
    await other.block('caught_up');

    fault = new Error('planted');
    const position = `${world.bus.log.epoch}-7`;
    const stream = await world.open(`/api/stream/${faulty.sessionId}`, { 'last-event-id': position });
    const error = await stream.block('error');
    expect(error.id).toBe(position);
    expect(error.data).toMatchObject({ code: 'internal', category: 'internal', retryable: true });
    expect(error.data['message']).not.toContain('planted');
    expect(await world.metric('feed_failures_total', { category: 'internal' })).toBe(1);
    // It fails a few times more without another word.
    await world.clock.advance(250);
    fault = undefined;
    await world.publish(faulty, 1);
    await world.clock.advance(10_000);
    await stream.until(({ events }) => events.length === 1);
    expect(stream.named('error')).toHaveLength(1);
    await world.publish(healthy, 1);
    await other.until(({ events }) => events.length === 1);
    expect(other.named('error')).toEqual([]);
  });

  it('of a handler is a plain 500 without details, or the code of the fault', async () => {
    let fault = new Error('planted secret');
    world = await BroadcasterWorld.start({
      ports: ({ sessions }) => ({
        sessions: new Proxy(sessions, {
          get: (target, name) => {
            if (name === 'get') return () => Promise.reject(fault);
            const value: unknown = Reflect.get(target, name);
            return typeof value === 'function' ? (value.bind(target) as unknown) : value;
          },
        }),
      }),
    });
    for (const path of [
      '/api/stream/s',
      '/api/run_sse/s',
      '/agent_network_sse/s',
      '/api/poll/s',
      '/api/sessions/s/events',
    ]) {
      const answer = await world.ask(path);
      expect(answer).toMatchObject({ status: 500, body: { error: { code: 'internal' } } });
      expect(JSON.stringify(answer)).not.toContain('planted');
    }
    fault = new VanaError('store_unavailable');
    // A client that has come by itself is told to come back; a gateway would ask another pod, and sees so.
    const turnedAway = await (await world.open('/api/stream/s', { 'last-event-id': 'e-7' })).end();
    expect(turnedAway.status).toBe(200);
    expect(turnedAway.response.headers[POD_REFUSAL_HEADER]).toBe('store_unavailable');
    expect(turnedAway.retries).toHaveLength(1);
    expect(turnedAway.blocks).toEqual([
      { id: 'e-7', event: 'closing', data: { reason: 'upstream_unavailable', reconnect: true } },
    ]);
    expect(await world.ask('/api/poll/s')).toMatchObject({
      status: 503,
      body: { error: { code: 'store_unavailable', retryable: true } },
    });
    expect(await world.metric('connections_open')).toBe(0);
  });

  it('of the history cache is counted, and the log serves instead', async () => {
    const failing = (): Promise<never> => Promise.reject(new VanaError('history_unavailable'));
    world = await BroadcasterWorld.start({
      ports: () => ({ history: { read: failing, readBackward: failing, append: failing, drop: failing } }),
    });
    const session = await world.session();
    await world.publishAll(session, [1, 2, 3]);
    const stream = await world.open(`/api/stream/${session.sessionId}`);
    await stream.block('caught_up');
    expect(stream.messages).toEqual([1, 2, 3]);
    expect(await world.metric('history_failures_total', { operation: 'read' })).toBeGreaterThan(0);
  });
});
