// A gateway that drains: its own words stand between frames, wherever the network has cut the bytes.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually } from '@vana/test-kit';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { RelayWorld, SSE, nextChunk, readAll } from '../spec/relay-world.js';

const FRAME = 'event: a\nid: e-1\ndata: {}\n\n';
const CLOSING = /^retry: \d+\n\nevent: closing\ndata: (\{.*\})\n\n$/;

describe('a relay that leaves', () => {
  let world: RelayWorld;
  let broadcaster: ServerResponse;
  let client: IncomingMessage;

  beforeEach(() => {
    world = new RelayWorld();
  });
  afterEach(() => world.stop());

  async function open(headers: Record<string, string> = SSE): Promise<void> {
    const opened = Promise.withResolvers<ServerResponse>();
    await world.start((_request, response) => {
      response.writeHead(200, headers).flushHeaders();
      opened.resolve(response);
    });
    client = await world.ask();
    broadcaster = await opened.promise;
  }

  async function send(piece: string): Promise<void> {
    const chunk = nextChunk(client);
    broadcaster.write(piece);
    expect(await chunk).toBe(piece);
  }

  const drain = (): Promise<void> => world.relay.drain({ overMs: 20_000, clock: world.clock });

  it('goes at once where a frame has ended', async () => {
    await open();
    await send(FRAME);
    await drain();
    const { text, broken } = await readAll(client);
    expect([broken, JSON.parse(CLOSING.exec(text)![1]!)]).toEqual([false, { reason: 'drain', reconnect: true }]);
  });

  it.each([
    ['event: a\nid: e-1\nda', 'ta: {}\n\n', ''],
    ['event: a\nid: e-1\ndata: {}\n', '\n', ''],
    ['event: a\nid: e-1\ndata: {}\n', '\n', 'event: b\nid: e-2\nda'],
    ['event: a\nid: e-1\nda', 'ta: {}\n\n', 'event: b\nid: e-2\ndata: {}\n\nevent: c'],
  ])('waits for the end of the frame after %j, and sends nothing of what follows', async (begun, rest, next) => {
    await open();
    await send(begun);
    const gone = drain();
    broadcaster.write(rest + next);
    await gone;
    const { text } = await readAll(client);
    expect(text.startsWith(rest)).toBe(true);
    expect(text.slice(rest.length)).toMatch(CLOSING);
  });

  it('waits on when a piece comes in which no frame ends', async () => {
    await open();
    await send('event: a\nid');
    const gone = drain();
    await send(': e-1\ndata: {"text":"\\n\\n"}');
    broadcaster.write('\n\nevent: b\n');
    await gone;
    expect((await readAll(client)).text).toMatch(/^\n\nretry: \d+\n\nevent: closing\n/);
  });

  it('ends without a word when no frame does in time', async () => {
    await open();
    await send('event: a\nid: e-1\nda');
    const gone = drain();
    await world.clock.advance(2_000);
    await gone;
    expect(await readAll(client)).toEqual({ text: '', broken: false });
  });

  it('does not wait for a broadcaster that ends the stream itself', async () => {
    await open();
    await send('event: a\nid: e-1\nda');
    const gone = drain();
    broadcaster.end('ta: {}\n\n');
    await gone;
    expect((await readAll(client)).text).toMatch(/^ta: \{\}\n\n/);
  });

  it('lets go those that come meanwhile', async () => {
    await world.start((_request, response) => {
      response.writeHead(200, SSE).flushHeaders();
    });
    await drain();
    expect((await readAll(await world.ask())).text).toMatch(CLOSING);
  });

  it('lets a poll that is being answered finish, and ends one that waits', async () => {
    world.kind = 'poll';
    await open({ 'content-type': 'application/json' });
    await send('{"events":');
    await drain();
    broadcaster.end('[]}');
    expect(await readAll(client)).toEqual({ text: '[]}', broken: false });
    await world.stop();

    world = new RelayWorld();
    world.kind = 'poll';
    const came = Promise.withResolvers<void>();
    await world.start(() => came.resolve());
    const waiting = world.ask();
    await came.promise;
    await drain();
    expect((await waiting).statusMessage).toBe('leaving');
  });

  it('is not alone: many go evenly over the time', async () => {
    await world.start((_request, response) => {
      response.writeHead(200, SSE).flushHeaders();
    });
    const clients = await Promise.all(Array.from({ length: 40 }, () => world.ask()));
    const bodies = clients.map((each) => readAll(each));
    let gone = 0;
    for (const body of bodies) void body.then(() => gone++);
    const all = drain();
    await eventually(() => gone === 13);
    await world.clock.advance(50);
    await eventually(() => gone === 26);
    await world.clock.advance(100);
    await all;
    for (const body of bodies) expect((await body).text).toMatch(CLOSING);
  });
});
