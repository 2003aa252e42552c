import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import { createParser } from 'eventsource-parser';
import { connect, type Socket } from 'node:net';
import { BroadcasterWorld } from '../spec/broadcaster-world.js';

describe('what is due by the clock on a stream', () => {
  let world: BroadcasterWorld;
  let session: SessionKey;

  beforeEach(async () => {
    world = await BroadcasterWorld.start();
    session = await world.session();
  });
  afterEach(() => world.close());

  it('sends a comment every 15 s and a heartbeat with the position every 30 s', async () => {
    const stream = await world.open(`/agent_network_sse/${session.sessionId}`);
    await stream.block('caught_up');
    // Not on this channel: the heartbeat carries its position all the same.
    const id = await world.publish(session, 'chat', { channel: 'chat' });
    await world.clock.advance(14_000);
    const marker = await world.publish(session, 'marker');
    await stream.until(({ events }) => events.at(-1)?.id === marker);
    expect(stream.comments).toBe(0);
    await world.clock.advance(2_000);
    await stream.until(({ comments }) => comments === 1);
    expect(stream.named('heartbeat')).toEqual([]);
    await world.clock.advance(15_000);
    const heartbeat = await stream.block('heartbeat');
    expect(heartbeat).toEqual({ id: marker, event: 'heartbeat', data: { timestamp: expect.any(String) } });
    expect(id < marker).toBe(true);
    await world.clock.advance(60_000);
    await stream.until((client) => client.named('heartbeat').length === 3 && client.comments === 6);
  });

  it('closes when the token expires and says so', async () => {
    const headers = await world.headers('ada', { expiresInS: 60 });
    const stream = await world.open(`/api/stream/${session.sessionId}`, headers);
    await stream.block('caught_up');
    await world.clock.advance(58_000);
    expect(stream.ended).toBe(false);
    await world.clock.advance(3_000);
    expect((await stream.block('closing')).data).toEqual({ reason: 'token_expired', reconnect: true });
    await stream.end();
    expect(await world.metric('connections_open')).toBe(0);
    expect(await world.metric('connections_closed_total', { reason: 'token_expired' })).toBe(1);
  });

  it('forgets a peer that leaves', async () => {
    const stream = await world.open(`/api/stream/${session.sessionId}`);
    await stream.block('caught_up');
    expect(await world.metric('readers')).toBe(1);
    const sibling = await world.open(`/api/stream/${session.sessionId}`);
    await sibling.block('caught_up');
    stream.close();
    await closedConnections(world, 1);
    expect(await world.metric('readers')).toBe(1);
    expect(await world.metric('connections_open', { route: 'stream' })).toBe(1);
    expect(await world.metric('connections_closed_total', { reason: 'left' })).toBe(1);
    await world.publish(session, 'still there');
    await sibling.until(({ events }) => events.length === 1);
  });

  it('closes a reader that does not read, which resumes by its position', async () => {
    const socket = await rawReader(world, `/api/stream/${session.sessionId}`);
    const other = await world.open(`/api/stream/${session.sessionId}`);
    await other.block('caught_up');
    // However much the system's own buffers take: at some point the reader is full and stays so.
    let published = 0;
    while ((await world.metric('connections_closed_total', { reason: 'slow_reader' })) === 0) {
      for (let last = published + 20; published < last; published++) {
        const data = { messageId: `m${published}`, agentId: 'writer', content: 'x'.repeat(200_000) };
        await world.publish(session, published, { type: 'message_complete', channel: 'chat', data });
      }
      // The reader beside it gets everything meanwhile.
      await other.until(({ events }) => events.length === published);
      await world.clock.advance(14_000);
    }
    expect(await world.metric('connections_open')).toBe(1);

    const received = await drained(socket);
    const before = eventIds(received);
    const resumed = await world.open(`/api/stream/${session.sessionId}`, { 'last-event-id': before.at(-1) });
    await resumed.block('caught_up');
    expect(resumed.blocks[0]!.data['resume']).toMatchObject({ verdict: 'resumed' });
    expect(resumed.events.length).toBeGreaterThan(0);
    expect([...before, ...resumed.events.map(({ id }) => id)]).toEqual(other.events.map(({ id }) => id));
  });
});

async function closedConnections(world: BroadcasterWorld, count: number): Promise<void> {
  while ((await world.metric('connections_closed_total')) < count) {
    await new Promise((resolve) => setImmediate(resolve));
  }
}

/** A peer that has asked and then takes no more bytes than its socket's buffer does by itself. */
async function rawReader(world: BroadcasterWorld, path: string): Promise<Socket> {
  const { authorization } = await world.headers();
  const { hostname, port } = new URL(world.service.url);
  const socket = connect(Number(port), hostname);
  socket.write(`GET ${path} HTTP/1.0\r\nhost: test\r\nauthorization: ${String(authorization)}\r\n\r\n`);
  await new Promise((resolve) => socket.once('readable', resolve));
  return socket;
}

async function drained(socket: Socket): Promise<string> {
  let text = '';
  socket.setEncoding('utf8');
  socket.on('data', (chunk: string) => {
    text += chunk;
  });
  socket.on('error', () => undefined);
  await new Promise((resolve) => socket.once('close', resolve));
  return text;
}

function eventIds(text: string): string[] {
  const ids: string[] = [];
  const parser = createParser({
    onEvent: ({ id, event }) => {
      if (id !== undefined && event === 'message_complete') ids.push(id);
    },
  });
  // After the response's head.
  parser.feed(text.slice(text.indexOf('\r\n\r\n') + 4));
  return ids;
}
