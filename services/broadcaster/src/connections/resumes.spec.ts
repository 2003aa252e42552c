// Readers that come back all at once: those that need history are let in at a bounded rate.
import { afterEach, describe, expect, it } from '@jest/globals';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';

describe('a storm of resumes', () => {
  let world: BroadcasterWorld;
  afterEach(() => world.close());

  it('is spread over time; what memory serves and new readers are not held up', async () => {
    world = await BroadcasterWorld.start({ settings: { resumesPerSecond: 1, resumeBurst: 2, maxQueueSize: 5 } });
    const session = await world.session();
    const ids = await world.publishAll(session, [1, 2, 3]);
    const path = `/api/stream/${session.sessionId}`;
    const resume = (position: string | undefined) => world.open(path, { 'last-event-id': position });
    const [first, second] = [await resume(ids[0]), await resume(ids[0])];
    for (const stream of [first, second]) {
      await stream.block('caught_up');
      expect(stream.messages).toEqual([2, 3]);
    }

    const deferred = await (await resume(ids[0])).end();
    expect(deferred.status).toBe(200);
    expect(deferred.retries[0]).toBeGreaterThanOrEqual(1_000);
    expect(deferred.retries[0]).toBeLessThanOrEqual(5_000);
    // Its own position comes back, so that it does not forget it.
    expect(deferred.blocks).toEqual([
      { id: ids[0], event: 'closing', data: { reason: 'too_many_connections', reconnect: true } },
    ]);
    const poll = await world.open(`/api/poll/${session.sessionId}?cursor=${ids[0]}`);
    expect(poll.status).toBe(429);
    expect(Number(poll.response.headers['retry-after'])).toBeGreaterThanOrEqual(1);
    expect(Number(poll.response.headers['retry-after'])).toBeLessThanOrEqual(5);
    expect(await poll.json()).toMatchObject({ error: { code: 'too_many_connections', retryable: true } });
    expect(await world.metric('resumes_deferred_total')).toBe(2);

    // From memory, and as a new reader: as many as like.
    const live = await world.publish(session, 4);
    await first.until(({ events }) => events.at(-1)?.id === live);
    for (let n = 0; n < 5; n++) {
      const stream = await resume(ids[2]);
      await stream.block('caught_up');
      expect(stream.messages).toEqual([4]);
      expect((await (await world.open(path)).block('caught_up')).event).toBe('caught_up');
    }
    await world.clock.advance(1_000);
    const later = await resume(ids[0]);
    await later.block('caught_up');
    expect(later.messages).toEqual([2, 3, 4]);
    expect(await world.metric('resumes_deferred_total')).toBe(2);
  });
});
