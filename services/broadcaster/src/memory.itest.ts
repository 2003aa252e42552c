// What readers cost the pod: nothing when they have left, little when they do not read. Real sockets.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import { systemClock } from '@vana/observability';
import { eventually, footprint } from '@vana/test-kit';
import { request, type IncomingMessage } from 'node:http';
import { connect, type Socket } from 'node:net';
import { BroadcasterWorld } from './spec/broadcaster-world.js';

const MIB = 1024 * 1024;

describe('the memory of a pod', () => {
  let world: BroadcasterWorld;
  beforeEach(async () => {
    world = await BroadcasterWorld.start({
      settings: { maxConnectionsPerPrincipal: 1_000 },
      ports: () => ({ clock: systemClock }),
    });
  });
  afterEach(() => world.close());

  it('keeps nothing of readers that come and go', async () => {
    const sessions = await Promise.all(Array.from({ length: 20 }, () => world.session()));
    const headers = await world.headers();
    /** A reader that leaves in the middle of whatever the pod is doing for it. */
    const comeAndGo = async ({ sessionId }: SessionKey): Promise<void> => {
      const asked = request(`${world.service.url}/api/stream/${sessionId}?replay=all`, { headers, agent: false });
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        asked.once('response', resolve).once('error', reject).end();
      });
      await new Promise((resolve) => answer.once('data', resolve));
      answer.on('error', () => undefined);
      asked.destroy();
    };
    const cycles = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += sessions.length) await Promise.all(sessions.map(comeAndGo));
      await eventually(async () => (await world.metric('connections_open')) === 0);
    };
    for (const session of sessions) await world.publishAll(session, [1, 2, 3]);
    await cycles(1_000);
    const before = await footprint();
    await cycles(2_000);
    const after = await footprint();
    expect(await world.metric('connections_opened_total')).toBe(3_000);
    expect(await world.metric('readers')).toBe(0);
    expect(after.descriptors - before.descriptors).toBeLessThanOrEqual(2);
    // A connection that was kept would be some 10 KiB: 20 MiB together.
    expect(after.bytes - before.bytes).toBeLessThan(2 * MIB);
  }, 120_000);

  it('grows by less than 1 MiB for a reader that does not read, until it is closed', async () => {
    const session = await world.session();
    const data = { messageId: 'm', agentId: 'writer', content: 'x'.repeat(60_000) };
    for (let n = 0; n < 200; n++) await world.publish(session, n, { type: 'message_complete', channel: 'chat', data });
    const first = await world.open(`/api/stream/${session.sessionId}?replay=all`);
    await first.until(({ events }) => events.length === 200);
    first.close();
    const { authorization } = await world.headers();
    const { hostname, port } = new URL(world.service.url);
    const stalled: Socket[] = [];
    const before = await footprint();
    const COUNT = 20;
    for (let n = 0; n < COUNT; n++) {
      const socket = connect(Number(port), hostname);
      stalled.push(socket);
      socket.on('error', () => undefined);
      const path = `/api/stream/${session.sessionId}?replay=all`;
      socket.write(`GET ${path} HTTP/1.1\r\nhost: test\r\nauthorization: ${String(authorization)}\r\n\r\n`);
    }
    await eventually(async () => (await world.metric('connections_open')) === COUNT);
    // All that the system takes has been taken when nothing more is delivered.
    let delivered = -1;
    await eventually(async () => {
      const was = delivered;
      delivered = await world.metric('event_bytes_total');
      await new Promise((resolve) => setTimeout(resolve, 200));
      return delivered === was;
    });
    const after = await footprint();
    expect(await world.metric('connections_open')).toBe(COUNT);
    expect((after.bytes - before.bytes) / COUNT).toBeLessThan(MIB);
    await eventually(async () => (await world.metric('connections_open')) === 0, 20_000);
    expect(await world.metric('connections_closed_total', { reason: 'slow_reader' })).toBe(COUNT);
    for (const socket of stalled) socket.destroy();
  });
});
