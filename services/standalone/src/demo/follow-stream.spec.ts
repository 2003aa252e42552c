import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { followStream, type StreamEvent } from './follow-stream.js';

type Turn = (request: IncomingMessage, response: ServerResponse) => void;

const stream =
  (text: string): Turn =>
  (_request, response) => {
    response.writeHead(200, { 'Content-Type': 'text/event-stream' }).end(`retry: 1\n\n${text}`);
  };
const event = (id: string, type = 'message_chunk') => `id: ${id}\nevent: ${type}\ndata: {"n":"${id}"}\n\n`;

describe('followStream', () => {
  let server: Server | undefined;
  afterEach(() => {
    server?.closeAllConnections();
    server?.close();
  });

  /** Answers the n-th connection by the n-th turn. */
  async function follow(...turns: Turn[]) {
    const positions: (string | undefined)[] = [];
    server = createServer((request, response) => {
      positions.push(request.headers['last-event-id'] as string | undefined);
      const turn = turns[positions.length - 1];
      if (turn === undefined) response.writeHead(204).end();
      else turn(request, response);
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const events: StreamEvent[] = [];
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    let fault: unknown;
    try {
      for await (const one of followStream({ url, token: 't' })) events.push(one);
    } catch (error) {
      fault = error;
    }
    return { ids: events.map(({ id }) => id), positions, fault };
  }

  it('comes back with its position after every cut, and ends when the server says so', async () => {
    const { ids, positions } = await follow(stream(event('a-1') + event('a-2')), stream(event('a-3')));
    expect(ids).toEqual(['a-1', 'a-2', 'a-3']);
    expect(positions).toEqual([undefined, 'a-2', 'a-3']);
  });

  it('does not take half a block for an event', async () => {
    const half: Turn = (_request, response) => {
      response.writeHead(200, { 'Content-Type': 'text/event-stream' });
      response.write(`retry: 1\n\n${event('a-1')}id: a-2\nevent: message_chunk\nda`, () => response.destroy());
    };
    const { ids, positions } = await follow(half, stream(event('a-2')));
    expect(ids).toEqual(['a-1', 'a-2']);
    expect(positions).toEqual([undefined, 'a-1', 'a-2']);
  });

  it.each([
    ['end', event('a-1', 'end')],
    ['a close without return', 'id: a-1\nevent: closing\ndata: {"reason":"revoked","reconnect":false}\n\n'],
  ])('does not come back after %s', async (_name, block) => {
    const { positions } = await follow(stream(block), stream(event('a-9')));
    expect(positions).toEqual([undefined]);
  });

  it('throws what the server refused with', async () => {
    const refuse: Turn = (_request, response) => {
      response.writeHead(404).end(JSON.stringify(new VanaError('session_not_found').toBody()));
    };
    const { fault } = await follow(refuse);
    expect(fault).toMatchObject({ code: 'session_not_found' });
  });

  it('tries again where trying again can help', async () => {
    const busy: Turn = (_request, response) => {
      response.writeHead(503).end(JSON.stringify(new VanaError('no_broadcaster').toBody()));
    };
    const { ids, fault } = await follow(stream(event('a-1')), busy, stream(event('a-2')));
    expect(fault).toBeUndefined();
    expect(ids).toEqual(['a-1', 'a-2']);
  });
});
