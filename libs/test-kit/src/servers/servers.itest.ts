import { connect } from '@nats-io/transport-node';
import { afterEach, describe, expect, it } from '@jest/globals';
import { existsSync } from 'node:fs';
import { createConnection } from 'node:net';
import { dirname } from 'node:path';
import { findBinary } from './find-binary.js';
import { startNatsServer } from './nats-server.js';
import { startRedisServer } from './redis-server.js';

const ask = (port: number, command: string): Promise<string> =>
  new Promise((resolve, reject) => {
    const socket = createConnection({ port, host: '127.0.0.1' }, () => socket.write(`${command}\r\n`));
    socket.once('error', reject).once('data', (chunk) => {
      socket.destroy();
      resolve(chunk.toString().trim());
    });
  });

describe('real servers for tests', () => {
  const bin = process.env.NATS_SERVER_BIN;
  afterEach(() => {
    if (bin === undefined) delete process.env.NATS_SERVER_BIN;
    else process.env.NATS_SERVER_BIN = bin;
  });

  it('starts two nats-servers side by side, restarts one on its port and removes its folder', async () => {
    const [one, two] = await Promise.all([startNatsServer(), startNatsServer({ jetstream: false })]);
    try {
      expect(one.port).not.toBe(two.port);
      await one.restart();
      const nc = await connect({ servers: one.url });
      expect(nc.info?.port).toBe(one.port);
      expect(nc.info?.jetstream).toBe(true);
      await nc.close();
      expect(existsSync(one.storeDir)).toBe(true);
    } finally {
      await Promise.all([one.stop(), two.stop('SIGKILL')]);
    }
    expect(existsSync(dirname(one.storeDir))).toBe(false);
    await expect(connect({ servers: one.url, reconnect: false, timeout: 500 })).rejects.toThrow();
  });

  it('starts a redis-server that comes back empty on its port after a kill', async () => {
    const redis = await startRedisServer();
    try {
      expect(await ask(redis.port, 'SET k v')).toBe('+OK');
      await redis.kill('SIGKILL');
      await expect(ask(redis.port, 'PING')).rejects.toThrow();
      await redis.restart();
      expect(await ask(redis.port, 'GET k')).toBe('$-1');
    } finally {
      await redis.stop();
    }
  });

  it('says in one sentence when the chosen program is missing or ends at once', async () => {
    process.env.NATS_SERVER_BIN = '/nowhere/nats-server';
    expect(() => findBinary('nats-server', 'NATS_SERVER_BIN')).toThrow(
      'NATS_SERVER_BIN does not name an executable file.',
    );
    process.env.NATS_SERVER_BIN = process.execPath;
    await expect(startNatsServer()).rejects.toThrow('The server ended');
  });
});
