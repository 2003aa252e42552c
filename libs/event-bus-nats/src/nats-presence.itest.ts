import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { PRESENCE_SUBJECT } from '@vana/events';
import type { BroadcasterBeat } from '@vana/routing';
import { FakeClock, eventually, startNatsServer, type NatsServer } from '@vana/test-kit';
import type { NatsConnection } from '@nats-io/transport-node';
import { connectNats } from './connect-nats.js';
import { NatsPresence } from './nats-presence.js';

describe('NatsPresence', () => {
  let server: NatsServer;
  let nc: NatsConnection;
  let clock: FakeClock;
  let ignored: number;
  let failures: unknown[];
  let presence: NatsPresence;

  beforeAll(async () => {
    server = await startNatsServer({ jetstream: false });
    nc = await connectNats({ url: server.url, name: 'test' });
  });
  beforeEach(async () => {
    clock = new FakeClock();
    [ignored, failures] = [0, []];
    presence = await NatsPresence.open(nc, clock, {
      beatIgnored: () => ignored++,
      listenerFailed: (error) => failures.push(error),
    });
  });
  afterEach(() => presence.close());
  afterAll(async () => {
    await nc.close();
    await server.stop();
  });

  const beat = (podId: string): BroadcasterBeat => ({
    podId,
    url: `http://${podId}`,
    connections: 0,
    maxConnections: 10,
    draining: false,
  });
  const seen = (): string[] => presence.present().map(({ podId }) => podId);

  it('ignores and counts what is no beat', async () => {
    for (const text of ['', 'x', '{"beat":{"podId":"evil"}}']) nc.publish(PRESENCE_SUBJECT, text);
    await eventually(() => ignored === 3);
    expect(presence.present()).toEqual([]);
  });

  it('beats once a second, and drops a pod whose beats stop while others go on', async () => {
    const leave = await presence.announce(() => beat('alive'));
    await eventually(() => seen().length === 1);
    let changes = 0;
    presence.onChange(() => changes++);
    const silent: string[] = [];
    presence.onSilent((podId) => silent.push(podId));
    nc.publish(PRESENCE_SUBJECT, JSON.stringify({ beat: beat('killed') }));
    await eventually(() => seen().length === 2);
    for (let second = 1; second <= 3; second++) {
      await clock.advance(1_000);
      await nc.flush();
    }
    expect(seen()).toEqual(['alive', 'killed']);
    await clock.advance(1_000);
    await eventually(() => seen().join() === 'alive');
    expect(changes).toBe(2);
    expect(silent).toEqual(['killed']);
    await leave();
    await eventually(() => seen().length === 0);
    expect(silent).toEqual(['killed']);
    expect(clock.scheduled).toBe(0);
  });

  it('is not harmed by listeners and beats that throw', async () => {
    presence.onChange(() => {
      throw new Error('listener fails');
    });
    let failing = true;
    const leave = await presence.announce(() => {
      if (failing) throw new Error('beat fails');
      return beat('a');
    });
    failing = false;
    await presence.discover(5_000);
    expect(seen()).toEqual(['a']);
    expect(failures.map(String)).toEqual(['Error: beat fails', 'Error: listener fails']);
    await leave();
  });
});
