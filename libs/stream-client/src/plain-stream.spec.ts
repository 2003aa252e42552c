// The client against a real HTTP server that writes by hand: event streams as any server may send them.
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { StreamOptions } from './options.js';
import type { StreamError } from './states.js';
import { StreamConnection } from './stream-connection.js';
import type { StreamMessage } from './stream-event.js';

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly body: string;
}

let server: ReturnType<typeof createServer>;
let arrivals: Arrival[];
let arrived: () => void;
let stream: StreamConnection | undefined;

beforeEach(async () => {
  arrivals = [];
  arrived = () => undefined;
  server = createServer((request, response) => {
    void text(request).then((body) => {
      arrivals.push({ request, response, body });
      arrived();
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
});
afterEach(() => {
  stream?.close();
  server.closeAllConnections();
  server.close();
});

/** The next request that nobody has taken yet. */
async function connection(): Promise<Arrival & { readonly send: (bytes: string | Uint8Array) => void }> {
  while (arrivals.length === 0) await new Promise<void>((resolve) => (arrived = resolve));
  const arrival = arrivals.shift()!;
  return { ...arrival, send: (bytes) => void arrival.response.write(bytes) };
}

async function opened() {
  const one = await connection();
  one.response.writeHead(200, { 'content-type': 'text/event-stream' });
  one.response.flushHeaders();
  return one;
}

function follow(more: Partial<StreamOptions> = {}) {
  const messages: StreamMessage[] = [];
  const comments: string[] = [];
  const errors: StreamError[] = [];
  let changed = (): void => undefined;
  stream = new StreamConnection({
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/any/path?kept=1`,
    retry: { baseMs: 1 },
    onMessage: (message) => (messages.push(message), changed()),
    onComment: (comment) => (comments.push(comment), changed()),
    onError: (error) => (errors.push(error), changed()),
    ...more,
  });
  const until = async (isSo: () => boolean): Promise<void> => {
    while (!isSo()) await new Promise<void>((resolve) => (changed = resolve));
  };
  const take = async (count: number): Promise<StreamMessage[]> => {
    await until(() => messages.length >= count);
    return messages.splice(0, count);
  };
  return { stream, messages, comments, errors, take, until };
}

describe('blocks', () => {
  const parsed: [name: string, sent: string, ...expected: [type: string, id: string, data: string][]][] = [
    ['one line', 'data: Hello\n\n', ['message', '', 'Hello']],
    ['two lines', 'data: Hello\ndata:World\n\n', ['message', '', 'Hello\nWorld']],
    ['empty data', 'data:\n\ndata\n\ndata\ndata\n\n', ['message', '', ''], ['message', '', ''], ['message', '', '\n']],
    ['a type', 'event: greeting\ndata: Hello\n\n', ['greeting', '', 'Hello']],
    ['fields in reverse order', 'data: Hello\nid: abc\nevent: greeting\n\n', ['greeting', 'abc', 'Hello']],
    ['an unknown field', 'color: blue\ndata: Hello\n\n', ['message', '', 'Hello']],
    ['more than one space', 'event:  greeting\ndata:  Hello\n\n', [' greeting', '', ' Hello']],
    ['an id with NUL, ignored', 'id: a\0bc\ndata: Hello\n\n', ['message', '', 'Hello']],
    ['an id that stays', 'id: abc\ndata: 1\n\ndata: 2\n\n', ['message', 'abc', '1'], ['message', 'abc', '2']],
    ['an id that is reset', 'id: abc\ndata: 1\n\nid: \ndata: 2\n\n', ['message', 'abc', '1'], ['message', '', '2']],
    ['an id without data', 'id: abc\n\ndata: 1\n\n', ['message', 'abc', '1']],
    ['a byte order mark', '\uFEFFdata: Hello\n\n', ['message', '', 'Hello']],
    ['a second byte order mark, which is text', '\uFEFF\uFEFFdata: 1\n\ndata: 2\n\n', ['message', '', '2']],
    ['CRLF', 'event: a\r\ndata: 1\r\n\r\ndata: 2\r\n\r\n', ['a', '', '1'], ['message', '', '2']],
    ['CR', 'event: a\rdata: 1\r\rdata: 2\r\r: \r', ['a', '', '1'], ['message', '', '2']],
    ['comments between', ': one\ndata: 1\n:two\n\n', ['message', '', '1']],
  ];

  it.each(parsed)('reads %s', async (_name, sent, ...expected) => {
    const { take } = follow();
    (await opened()).send(sent);
    const blocks = await take(expected.length);
    expect(blocks.map(({ type, id, data }) => [type, id, data])).toEqual(expected);
  });

  it('gives comments when asked to', async () => {
    const { comments, until } = follow();
    (await opened()).send(': first\n:second\n\n');
    await until(() => comments.length === 2);
    expect(comments).toEqual(['first', 'second']);
  });

  it('reads characters that arrive byte by byte, and a block of two megabytes', async () => {
    const { take } = follow();
    const { send } = await opened();
    for (const byte of Buffer.from('data: €豆腐 🎈\n\n')) {
      send(Uint8Array.of(byte));
      await new Promise((resolve) => setImmediate(resolve));
    }
    const long = 'x'.repeat(2_000_000);
    send(`data: ${long}\n\n`);
    expect((await take(2)).map(({ data }) => data)).toEqual(['€豆腐 🎈', long]);
  });
});

describe('requests', () => {
  it('asks as an event stream is asked for, and adds nothing to the address', async () => {
    follow();
    const { request } = await connection();
    expect([request.method, request.url]).toEqual(['GET', '/any/path?kept=1']);
    expect(request.headers).toMatchObject({ accept: 'text/event-stream', 'cache-control': 'no-cache' });
    expect(request.headers['last-event-id']).toBeUndefined();
  });

  it.each(['POST', 'REPORT'])('sends headers and a body with %s, again on each connection', async (method) => {
    const headers = { 'content-type': 'application/json; charset=utf-8', 'x-one': '1' };
    follow({ method, body: '{"hello":"world"}', headers, lastEventId: 'abc' });
    for (let n = 0; n < 2; n++) {
      const { request, response, body } = await opened();
      expect([request.method, body]).toEqual([method, '{"hello":"world"}']);
      expect(request.headers).toMatchObject({ ...headers, 'last-event-id': 'abc' });
      response.end();
    }
  });

  it.each([301, 302, 307, 308])('follows a redirect (%i)', async (status) => {
    const { take } = follow();
    const { response } = await connection();
    response.writeHead(status, { location: '/elsewhere' }).end();
    const { request, send } = await opened();
    expect(request.url).toBe('/elsewhere');
    send('data: here\n\n');
    expect((await take(1))[0]!.data).toBe('here');
  });

  it.each([500, 502, 503])('comes back after %i', async (status) => {
    const { take } = follow();
    (await connection()).response.writeHead(status).end();
    (await opened()).send('data: here\n\n');
    expect((await take(1))[0]!.data).toBe('here');
  });

  it('is over after 204', async () => {
    const { stream } = follow();
    (await connection()).response.writeHead(204).end();
    while (stream.status.state !== 'disconnected') await new Promise((resolve) => setImmediate(resolve));
    expect(arrivals).toHaveLength(0);
  });
});

describe('coming back', () => {
  it.each([
    ['the id of the last block', 'id: abc\ndata: 1\n\n', 'abc'],
    ['the last id that there was', 'id: abc\ndata: 1\n\ndata: 2\n\n', 'abc'],
    ['no id after it was reset', 'id: abc\ndata: 1\n\nid\ndata: 2\n\n', undefined],
    ['no id of a block that was cut off', 'data: 1\n\nid: abc\ndata: 2\n', undefined],
  ])('sends %s', async (_name, sent, expected) => {
    const { take } = follow();
    const first = await opened();
    first.send(sent);
    await take(1);
    first.response.end();
    const { request } = await connection();
    expect(request.headers['last-event-id']).toBe(expected);
  });

  it('does so at once when asked to', async () => {
    const { stream, take } = follow();
    (await opened()).send('data: 1\n\n');
    await take(1);
    stream.reconnect();
    (await opened()).send('data: 2\n\n');
    expect((await take(1))[0]!.data).toBe('2');
  });

  it('does so after a silence that is too long, and says so', async () => {
    const { errors, take } = follow({ silenceMs: 150 });
    (await opened()).send('data: 1\n\n');
    await take(1);
    await connection();
    expect(errors.map(({ category }) => category)).toEqual(['timeout']);
  });
});
