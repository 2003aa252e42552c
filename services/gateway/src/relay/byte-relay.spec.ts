import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vana/test-kit';
import { createHash, randomBytes } from 'node:crypto';
import type { ServerResponse } from 'node:http';
import { RelayWorld, SSE, TIMES, nextChunk, readAll } from '../spec/relay-world.js';

let world: RelayWorld;
beforeEach(() => {
  world = new RelayWorld();
});
afterEach(() => world.stop());

/** One broadcaster whose answer the test writes itself. */
async function openStream(headers: Record<string, string | number> = SSE) {
  const open = Promise.withResolvers<ServerResponse>();
  await world.start((_request, response) => {
    response.writeHead(200, headers).flushHeaders();
    open.resolve(response);
  });
  const client = await world.ask();
  return { client, broadcaster: await open.promise };
}

const CLOSING = /^retry: (\d+)\n\nevent: closing\ndata: (\{.*\})\n\n$/;

describe('a broadcaster that dies in the middle', () => {
  it('is explained where a frame has just ended', async () => {
    const { client, broadcaster } = await openStream();
    const frames = nextChunk(client);
    broadcaster.write('event: a\nid: e-1\ndata: {}\n\n');
    expect(await frames).toBe('event: a\nid: e-1\ndata: {}\n\n');
    broadcaster.destroy();
    const { text, broken } = await readAll(client);
    expect(broken).toBe(false);
    const [, retry, data] = CLOSING.exec(text)!;
    expect(Number(retry)).toBeGreaterThanOrEqual(250);
    expect(Number(retry)).toBeLessThanOrEqual(1_500);
    // No id: the gateway does not know the position, and an empty one would erase the client's.
    expect(JSON.parse(data!)).toEqual({ reason: 'upstream_unavailable', reconnect: true });
  });

  it('is explained also when the end of the frame came in two pieces', async () => {
    const { client, broadcaster } = await openStream();
    for (const piece of ['data: {}\n', '\n']) {
      const chunk = nextChunk(client);
      broadcaster.write(piece);
      expect(await chunk).toBe(piece);
    }
    broadcaster.destroy();
    expect((await readAll(client)).text).toMatch(CLOSING);
  });

  it('is explained when it had said nothing yet', async () => {
    const { client, broadcaster } = await openStream();
    broadcaster.destroy();
    expect((await readAll(client)).text).toMatch(CLOSING);
  });

  it.each(['event: a\nid: e-1\ndata: {"te', 'data: {}\n', 'id: e-1\n\nx\n', '\r\n'])(
    'ends the stream without a word after %j',
    async (piece) => {
      const { client, broadcaster } = await openStream();
      const chunk = nextChunk(client);
      broadcaster.write(piece);
      expect(await chunk).toBe(piece);
      broadcaster.destroy();
      expect(await readAll(client)).toEqual({ text: '', broken: false });
    },
  );

  it('breaks a page off, so that nobody takes a part for the whole', async () => {
    world.kind = 'page';
    const { client, broadcaster } = await openStream({ 'content-type': 'application/json' });
    const chunk = nextChunk(client);
    broadcaster.write('{"events":[]\n\n');
    await chunk;
    broadcaster.destroy();
    expect(await readAll(client)).toEqual({ text: '', broken: true });
  });
});

describe('a broadcaster that falls silent', () => {
  it('is left between frames with a word, although its connection stands', async () => {
    const { client, broadcaster } = await openStream();
    const closed = new Promise((resolve) => broadcaster.once('close', resolve));
    const chunk = nextChunk(client);
    broadcaster.write('id: e-1\ndata: {}\n\n');
    await chunk;
    world.fallSilent(0);
    const { text, broken } = await readAll(client);
    expect(broken).toBe(false);
    expect(JSON.parse(CLOSING.exec(text)![2]!)).toEqual({ reason: 'upstream_unavailable', reconnect: true });
    await closed;
  });

  it('is left in the middle of a frame without one', async () => {
    const { client, broadcaster } = await openStream();
    const chunk = nextChunk(client);
    broadcaster.write('id: e-1\ndata: {"te');
    await chunk;
    world.fallSilent(0);
    expect(await readAll(client)).toEqual({ text: '', broken: false });
  });

  it('breaks a poll off', async () => {
    world.kind = 'poll';
    const { client } = await openStream({ 'content-type': 'application/json' });
    world.fallSilent(0);
    expect(await readAll(client)).toEqual({ text: '', broken: true });
  });
});

describe('a client', () => {
  it('that leaves ends the broadcaster’s answer', async () => {
    const { client, broadcaster } = await openStream();
    const closed = new Promise((resolve) => broadcaster.once('close', resolve));
    client.destroy();
    await closed;
    expect(await world.count('vana_gateway_open_relays')).toBe(0);
  });

  it('that reads slowly holds the broadcaster back, and gets every byte', async () => {
    const { client, broadcaster } = await openStream();
    const block = randomBytes(1024 * 1024);
    const blocks = 32;
    const expected = createHash('sha256');
    for (let n = 0; n < blocks; n++) expected.update(block);

    let written = 0;
    const pump = () => {
      while (written < blocks) {
        written += 1;
        if (!broadcaster.write(block)) return void broadcaster.once('drain', pump);
      }
      broadcaster.end();
    };
    pump();
    // The client takes nothing until both sockets' buffers in the system are full and nothing moves.
    let before = -1;
    await eventually(async () => {
      const now = await world.count('vana_gateway_relayed_bytes_total');
      const still = now === before && world.upstream!.isPaused();
      before = now;
      return still;
    });
    expect(written).toBeLessThan(blocks);
    expect(world.downstream!.writableLength).toBeLessThan(512 * 1024);

    const received = createHash('sha256');
    for await (const chunk of client) received.update(chunk as Buffer);
    expect(received.digest('hex')).toBe(expected.digest('hex'));
  });

  it('that takes nothing at all is let go, and the broadcaster with it', async () => {
    const { client, broadcaster } = await openStream();
    const closed = new Promise((resolve) => broadcaster.once('close', resolve));
    client.on('error', () => undefined);
    const block = randomBytes(1024 * 1024);
    const pump = () => {
      while (broadcaster.write(block));
      broadcaster.once('drain', pump);
    };
    pump();
    let before = -1;
    await eventually(async () => {
      const now = await world.count('vana_gateway_relayed_bytes_total');
      const still = now === before && world.upstream!.isPaused();
      before = now;
      return still;
    });
    await world.clock.advance(TIMES.stallMs - 1);
    expect(world.downstream!.destroyed).toBe(false);
    // The watch may have begun one buffer earlier: two periods are certain to contain a whole one.
    await world.clock.advance(TIMES.stallMs + 1);
    expect(world.downstream!.destroyed).toBe(true);
    await closed;
  });

  it('that does not take the rest after the end is let go, too', async () => {
    const { client, broadcaster } = await openStream();
    client.on('error', () => undefined);
    const block = randomBytes(1024 * 1024);
    for (let n = 0; n < 32; n++) broadcaster.write(block);
    await eventually(() => world.upstream!.isPaused());
    broadcaster.destroy();
    const closed = new Promise((resolve) => world.downstream!.once('close', resolve));
    let before = -1;
    await eventually(() => {
      const now = world.downstream!.writableLength;
      const still = now === before;
      before = now;
      return still;
    });
    await world.clock.advance(3 * TIMES.stallMs);
    await closed;
  });
});

describe('a gateway that stops', () => {
  it('says so between frames and ends its streams', async () => {
    const { client, broadcaster } = await openStream();
    const closed = new Promise((resolve) => broadcaster.once('close', resolve));
    const chunk = nextChunk(client);
    broadcaster.write(':\n\n');
    await chunk;
    world.relay.closeAll();
    const [, , data] = CLOSING.exec((await readAll(client)).text)!;
    expect(JSON.parse(data!)).toEqual({ reason: 'drain', reconnect: true });
    await closed;
  });

  it('breaks a poll off', async () => {
    world.kind = 'poll';
    const { client, broadcaster } = await openStream({ 'content-type': 'application/json' });
    const closed = new Promise((resolve) => broadcaster.once('close', resolve));
    world.relay.closeAll();
    expect(await readAll(client)).toEqual({ text: '', broken: true });
    await closed;
  });

  it('lets a page finish', async () => {
    world.kind = 'page';
    const { client, broadcaster } = await openStream({ 'content-type': 'application/json' });
    world.relay.closeAll();
    broadcaster.end('{}');
    expect(await readAll(client)).toEqual({ text: '{}', broken: false });
  });
});
