import { connect, createServer } from 'node:net';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { Module } from '@nestjs/common';
import { describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { faultSentence } from './fault-sentence.js';
import { listen } from './listen.js';
import { createLogger } from './logger.js';
import { registerOps } from './ops-routes.js';
import { createRegistry } from './registry.js';
import { createServiceApp } from './service-app.js';

@Module({})
class EmptyModule {}

describe('listen', () => {
  const build = () => createServiceApp(EmptyModule, { logger: createLogger('probe', 'silent') });

  it('tells the address that it really has', async () => {
    const app = await build();
    registerOps(app, { registry: createRegistry('probe'), ready: async () => ({}) });
    try {
      const url = await listen(app, '127.0.0.1', 0);
      expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d{2,5}$/);
      expect((await fetch(`${url}/health/live`)).status).toBe(200);
    } finally {
      await app.close();
    }
  });

  it('closes at once although a client has connected and said nothing', async () => {
    const app = await build();
    const client = connect(Number(new URL(await listen(app, '127.0.0.1', 0)).port), '127.0.0.1');
    const closed = once(client, 'close');
    await once(client, 'connect');
    await app.close();
    await closed;
  });

  it('lets a request that is under way finish', async () => {
    const app = await build();
    let answer: (text: string) => void = () => undefined;
    const asked = new Promise<void>((resolve) => {
      app
        .getHttpAdapter()
        .getInstance()
        .get('/slow', () => {
          resolve();
          return new Promise<string>((done) => (answer = done));
        });
    });
    const url = await listen(app, '127.0.0.1', 0);
    const response = fetch(`${url}/slow`);
    await asked;
    const closed = app.close();
    answer('late');
    expect(await (await response).text()).toBe('late');
    await closed;
  });

  it('names the port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const app = await build();
    try {
      const fault: unknown = await listen(app, '127.0.0.1', port).catch((error: unknown) => error);
      expect(fault).toBeInstanceOf(VanaError);
      expect(fault).toMatchObject({ code: 'port_in_use', details: { host: '127.0.0.1', port } });
      expect(faultSentence(fault)).toBe(`The port is in use: host 127.0.0.1, port ${port}.`);
    } finally {
      await app.close();
      taken.close();
    }
  });
});
