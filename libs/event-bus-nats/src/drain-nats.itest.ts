import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startNatsServer, type NatsServer } from '@vana/test-kit';
import { connectNats } from './connect-nats.js';
import { drainNats } from './drain-nats.js';

describe('drainNats', () => {
  let server: NatsServer;
  beforeAll(async () => {
    server = await startNatsServer();
  });
  afterAll(() => server.stop());

  it('lets what was sent leave and what is on its way arrive', async () => {
    const [leaving, other] = await Promise.all([
      connectNats({ url: server.url, name: 'leaving' }),
      connectNats({ url: server.url, name: 'other' }),
    ]);
    const heard: string[] = [];
    const arrived: string[] = [];
    other.subscribe('from.leaving', { callback: (_error, message) => void heard.push(message.string()) });
    leaving.subscribe('to.leaving', { callback: (_error, message) => void arrived.push(message.string()) });
    await Promise.all([leaving.flush(), other.flush()]);
    for (let n = 0; n < 1_000; n++) {
      other.publish('to.leaving', String(n));
      leaving.publish('from.leaving', String(n));
    }
    await other.flush();
    await drainNats(leaving);
    expect(leaving.isClosed()).toBe(true);
    expect(arrived).toHaveLength(1_000);
    await other.flush();
    expect(heard).toHaveLength(1_000);
    await drainNats(other);
    await drainNats(other);
  });

  it('does not wait for a server that is away', async () => {
    const connection = await connectNats({ url: server.url, name: 'left behind' });
    connection.subscribe('any');
    server.signal('SIGSTOP');
    const startMs = performance.now();
    await drainNats(connection, 300);
    expect(performance.now() - startMs).toBeLessThan(2_000);
    expect(connection.isClosed()).toBe(true);
    server.signal('SIGCONT');
  });
});
