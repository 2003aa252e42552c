// A broadcaster that is told to go: what its readers, late comers, gateways and the balancer see meanwhile.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import { InMemoryEventHistory } from '@vana/in-memory';
import { POD_REFUSAL_HEADER } from '@vana/routing';
import { BroadcasterWorld } from './spec/broadcaster-world.js';
import type { SseClient } from './spec/sse-client.js';

const OTHER = { podId: 'other', url: 'http://10.0.0.8:8082', connections: 0, maxConnections: 1, draining: false };

describe('the drain of a broadcaster', () => {
  let world: BroadcasterWorld;
  let session: SessionKey;
  let path: string;
  let appended: Promise<void>;

  beforeEach(async () => {
    appended = Promise.resolve();
    world = await BroadcasterWorld.start({
      settings: { preDrainMs: 3_000, drainMs: 20_000, maxConnectionsPerPrincipal: 1_000 },
      ports: ({ clock }) => ({ history: new SlowHistory(clock!, () => appended) }),
    });
    session = await world.session();
    path = `/api/stream/${session.sessionId}`;
    await world.presence.announce(() => OTHER);
  });
  afterEach(() => world.close());

  const readers = async (count: number): Promise<SseClient[]> => {
    const streams = await Promise.all(Array.from({ length: count }, () => world.open(path)));
    await Promise.all(streams.map((stream) => stream.block('caught_up')));
    return streams;
  };
  /** Real sockets take real turns: looks again until it is so. */
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await world.clock.flush();
  };

  it('is announced first; meanwhile everything is served', async () => {
    const [stream] = await readers(1);
    const closed = world.service.close();
    expect(world.presence.present().map(({ draining }) => draining)).toEqual([true, false]);
    expect(await world.ask('/health/ready')).toMatchObject({ status: 503, body: { checks: { accepting: 'down' } } });
    await world.clock.advance(2_500);
    const [late] = await readers(1);
    await world.publish(session, 1);
    for (const reader of [stream!, late!]) await reader.until(({ events }) => events.length === 1);
    await world.clock.advance(2_000);
    for (const reader of [stream!, late!]) {
      expect((await reader.block('closing')).data).toEqual({ reason: 'drain', reconnect: true });
      await reader.end();
    }
    await closed;
    expect(world.presence.present()).toEqual([OTHER]);
  });

  it('lets readers go one after the other, each with a time of its own to come back', async () => {
    const streams = await readers(60);
    const position = await world.publish(session, 1);
    const closed = world.service.close();
    await world.clock.advance(3_000);
    const told = () => streams.filter((stream) => stream.named('closing').length > 0);
    const counts: number[] = [];
    // A handful at a time: at most 250 in a second.
    while (counts.at(-1) !== streams.length) {
      counts.push(await settled(() => told().length));
      await world.clock.advance(50);
    }
    expect(counts.length).toBeGreaterThanOrEqual(4);
    expect(Math.max(...counts.map((count, at) => count - (counts[at - 1] ?? 0)))).toBeLessThanOrEqual(13);
    await closed;
    for (const stream of streams) {
      await stream.end();
      expect(stream.blocks.at(-1)).toEqual({
        id: position,
        event: 'closing',
        data: { reason: 'drain', reconnect: true },
      });
      expect(stream.text).toMatch(/\n\nretry: \d+\n\nevent: closing\n.*\n.*\n\n$/);
      expect(stream.retries).toHaveLength(2);
      expect(stream.retries.every((ms) => ms >= 250 && ms <= 1_500)).toBe(true);
      // A connection that is kept would bring the reader back to this very pod.
      expect(stream.response.headers.connection).toBe('close');
    }
    expect(new Set(streams.map(({ retries }) => retries[1])).size).toBeGreaterThan(20);
    expect(await world.metric('connections_closed_total', { reason: 'drain' })).toBe(60);
  });

  it('turns late comers away: streams with 200, polls and pages with 503', async () => {
    await readers(60);
    const id = await world.publish(session, 1);
    const closed = world.service.close();
    await world.clock.advance(3_000);
    const refused = await (await world.open(path, { 'last-event-id': id })).end();
    expect(refused.status).toBe(200);
    expect(refused.response.headers[POD_REFUSAL_HEADER]).toBe('drain');
    expect(refused.retries).toHaveLength(1);
    expect(refused.blocks).toEqual([{ id, event: 'closing', data: { reason: 'drain', reconnect: true } }]);
    for (const page of [
      `/api/poll/${session.sessionId}`,
      `/api/sessions/${session.sessionId}/events`,
      '/agent_network_history',
    ]) {
      const answer = await world.ask(page);
      expect(answer).toMatchObject({ status: 503, body: { error: { code: 'shutting_down', retryable: true } } });
    }
    await world.clock.advance(20_000);
    await closed;
  });

  it('ends only after history has what was last delivered', async () => {
    const [stream] = await readers(1);
    const write = Promise.withResolvers<void>();
    appended = write.promise;
    await world.publish(session, 1);
    await stream!.until(({ events }) => events.length === 1);
    let ended = false;
    const closed = world.service.close().then(() => {
      ended = true;
    });
    await world.clock.advance(3_000);
    await stream!.end();
    await settled(() => world.presence.present().length);
    expect(ended).toBe(false);
    write.resolve();
    await closed;
    const stored = await world.ports.history.read(session, world.bus.log.epoch, 0, 10);
    expect(stored.map(({ event }) => event.data['message'])).toEqual([1]);
  });

  /** The value when it has not changed for some turns of the event loop. */
  async function settled(value: () => number): Promise<number> {
    let last = value();
    for (let same = 0; same < 20; same++) {
      await world.clock.flush();
      if (value() !== last) [last, same] = [value(), 0];
    }
    return last;
  }

  it('is over at once for a pod that nobody reads', async () => {
    const closed = world.service.close();
    await until(() => world.presence.present()[0]!.draining);
    await world.clock.advance(3_000);
    await closed;
  });
});

/** Appends wait for the spec. */
class SlowHistory extends InMemoryEventHistory {
  constructor(
    clock: ConstructorParameters<typeof InMemoryEventHistory>[0],
    private readonly until: () => Promise<void>,
  ) {
    super(clock);
  }

  override async append(...args: Parameters<InMemoryEventHistory['append']>): Promise<void> {
    await this.until();
    await super.append(...args);
  }
}
