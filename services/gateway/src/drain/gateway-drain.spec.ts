// A gateway that is told to go, over real sockets.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { request as httpRequest, Agent, type IncomingMessage } from 'node:http';
import { GatewayWorld } from '../spec/gateway-world.js';

const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('the drain of a gateway', () => {
  let world: GatewayWorld;
  beforeEach(() => {
    world = new GatewayWorld();
  });
  afterEach(() => world.stop());

  async function get(path: string, agent?: Agent): Promise<IncomingMessage> {
    const { hostname, port } = new URL(world.url);
    const headers = { authorization: `Bearer ${await world.token()}`, 'last-event-id': 'e-7' };
    return new Promise((resolve, reject) => {
      httpRequest({ hostname, port, path, headers, agent: agent ?? false }, resolve)
        .on('error', reject)
        .end();
    });
  }
  async function textOf(message: IncomingMessage): Promise<string> {
    let text = '';
    for await (const chunk of message) text += String(chunk);
    return text;
  }

  it('is told by readiness first, and serves until everybody has heard', async () => {
    await world.start({ PRE_DRAIN_TIME: '0.3' });
    await world.addBroadcaster((_request, response) => {
      response.writeHead(200, SSE).flushHeaders();
    });
    expect(await world.send('GET', '/health/ready')).toMatchObject({ status: 200 });
    const stream = await get('/api/stream/mine');
    const closed = world.close();
    expect(await world.send('GET', '/health/ready')).toMatchObject({ status: 503 });
    const late = await get('/api/stream/mine');
    for (const each of [stream, late]) expect(await textOf(each)).toMatch(/"reason":"drain"/);
    await closed;
    expect(world.relayed).toHaveLength(2);
  });

  it('turns late comers away while the others are let go, and ends kept connections', async () => {
    await world.start();
    await world.addBroadcaster((_request, response) => {
      // In the middle of a frame: this reader is waited for.
      response.writeHead(200, SSE).write('event: a\n');
    });
    const agent = new Agent({ keepAlive: true, maxSockets: 1 });
    const before = await get('/health/live', agent);
    expect(before.headers.connection).toBe('keep-alive');
    await textOf(before);
    const stream = await get('/api/stream/mine');
    const closed = world.close();

    const refused = await get('/api/stream/mine', agent);
    expect(refused.statusCode).toBe(200);
    expect(refused.headers.connection).toBe('close');
    expect(await textOf(refused)).toMatch(
      /^retry: \d+\n\nevent: closing\nid: e-7\ndata: \{"reason":"drain","reconnect":true\}\n\n$/,
    );
    for (const path of ['/api/poll/mine', '/api/sessions/mine/events']) {
      expect(await world.ask('GET', path)).toMatchObject({ status: 503, code: 'shutting_down' });
    }
    // What does not need a broadcaster goes on.
    expect(await world.ask('GET', '/api/sessions/mine')).toMatchObject({ status: 200 });
    expect(await textOf(stream)).toBe('event: a\n');
    await closed;
    agent.destroy();
  });
});
