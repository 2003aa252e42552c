// What clients cost the gateway: nothing when they have left, little when they do not read. Real sockets.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, footprint } from '@vana/test-kit';
import { request, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect } from 'node:net';
import { GatewayWorld } from './spec/gateway-world.js';

const MIB = 1024 * 1024;
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('the memory of a gateway', () => {
  let world: GatewayWorld;
  beforeEach(async () => {
    world = new GatewayWorld();
    await world.start({ RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_PRINCIPAL: '0' });
  });
  afterEach(() => world.stop());

  it('keeps nothing of clients that come and go', async () => {
    const open = new Set<ServerResponse>();
    await world.addBroadcaster((_request, response) => {
      response.writeHead(200, SSE).write('event: a\ndata: {}\n\n');
      open.add(response);
      response.once('close', () => open.delete(response));
    });
    const headers = { authorization: `Bearer ${await world.token()}` };
    const comeAndGo = async (): Promise<void> => {
      const asked = request(`${world.url}/api/stream/mine`, { headers, agent: false });
      const answer = await new Promise<IncomingMessage>((resolve, reject) => {
        asked.once('response', resolve).once('error', reject).end();
      });
      await new Promise((resolve) => answer.once('data', resolve));
      answer.on('error', () => undefined);
      asked.destroy();
    };
    const cycles = async (count: number): Promise<void> => {
      for (let done = 0; done < count; done += 20) await Promise.all(Array.from({ length: 20 }, comeAndGo));
      await eventually(() => open.size === 0);
      // The world's own notes.
      world.logged.length = 0;
      world.relayed.length = 0;
    };
    await cycles(1_000);
    const before = await footprint();
    await cycles(2_000);
    const after = await footprint();
    expect(after.descriptors - before.descriptors).toBeLessThanOrEqual(2);
    expect(after.bytes - before.bytes).toBeLessThan(2 * MIB);
  }, 120_000);

  it('grows by less than 1 MiB for a client that does not read, and lets it go after 10 s', async () => {
    const block = Buffer.alloc(64 * 1024, 'x');
    const open = new Map<ServerResponse, number>();
    await world.addBroadcaster((_request, response) => {
      response.writeHead(200, SSE);
      open.set(response, 0);
      const pump = (): void => {
        do open.set(response, (open.get(response) ?? 0) + block.length);
        while (response.write(block));
      };
      response.on('drain', pump);
      response.once('close', () => open.delete(response));
      pump();
    });
    const { hostname, port } = new URL(world.url);
    const authorization = `Bearer ${await world.token()}`;
    const before = await footprint();
    const COUNT = 5;
    const sockets = Array.from({ length: COUNT }, () => {
      const socket = connect(Number(port), hostname).on('error', () => undefined);
      socket.write(`GET /api/stream/mine HTTP/1.1\r\nhost: test\r\nauthorization: ${authorization}\r\n\r\n`);
      return socket;
    });
    // All that the two systems' buffers take has been taken when the broadcasters stand still.
    const written = (): number => [...open.values()].reduce((sum, bytes) => sum + bytes, 0);
    await eventually(async () => {
      const was = written();
      await new Promise((resolve) => setTimeout(resolve, 200));
      return open.size === COUNT && written() === was;
    });
    const after = await footprint();
    expect((after.bytes - before.bytes) / COUNT).toBeLessThan(MIB);
    await eventually(() => open.size === 0, 20_000);
    for (const socket of sockets) socket.destroy();
  });
});
