// A client whose machine is gone without a word is found within 30 s, and its broadcaster is told.
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { eventually, makeVanishingMachine, type VanishingMachine } from '@vana/test-kit';
import type { ServerResponse } from 'node:http';
import { GatewayWorld } from './spec/gateway-world.js';

const FOUND_MS = 30_000;
const SSE = { 'content-type': 'text/event-stream; charset=utf-8' };

describe('a vanished client', () => {
  let world: GatewayWorld;
  let machine: VanishingMachine | undefined;
  beforeEach(() => {
    world = new GatewayWorld();
  });
  afterEach(async () => {
    machine?.remove();
    await world.stop();
  });

  it('is found on a busy and on an idle stream', async () => {
    await world.start({ HOST: '0.0.0.0' });
    const open = new Set<ServerResponse>();
    await world.addBroadcaster((request, response) => {
      response.writeHead(200, SSE);
      // Broadcasters send a comment now and then: by default every 15 s.
      const every = request.url?.includes('busy') ? 100 : 5_000;
      const traffic = setInterval(() => response.write(':\n\n'), every);
      response.write('event: a\ndata: {}\n\n');
      open.add(response);
      response.once('close', () => {
        clearInterval(traffic);
        open.delete(response);
      });
    });
    machine = makeVanishingMachine();
    // Without the right to make a network there is only what the unit specs show.
    if (machine === undefined) return expect(process.getuid?.()).not.toBe(0);
    const { port } = new URL(world.url);
    const headers = { authorization: `Bearer ${await world.token()}` };
    for (const query of ['replay=all&busy', 'replay=all']) {
      await machine.read(`http://${machine.host}:${port}/api/stream/mine?${query}`, headers);
    }
    expect(open.size).toBe(2);
    machine.vanish();
    const startMs = performance.now();
    await eventually(() => open.size === 0, FOUND_MS);
    expect(performance.now() - startMs).toBeGreaterThan(5_000);
  });
});
