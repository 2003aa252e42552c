// The contracts on a real nats-server, without Redis, with it, and with one that does not answer.
import { connect } from '@nats-io/transport-node';
import { runStoreContract, sessionStoreContract, startNatsServer, startRedisServer } from '@vana/test-kit';
import { Redis } from 'ioredis';
import { KvRunStore } from './kv-run-store.js';
import { KvSessionStore } from './kv-session-store.js';
import type { RedisCommands } from './session-cache.js';

sessionStoreContract('KV alone', async () => {
  const server = await startNatsServer();
  const nc = await connect({ servers: server.url });
  const store = await KvSessionStore.open(nc);
  return {
    store,
    close: async () => {
      store.close();
      await nc.close();
      await server.stop();
    },
  };
});

sessionStoreContract('KV behind Redis', async () => {
  const [server, redisServer] = await Promise.all([startNatsServer(), startRedisServer()]);
  const nc = await connect({ servers: server.url });
  const redis = new Redis(redisServer.url);
  const store = await KvSessionStore.open(nc, { redis: { run: (command) => command(redis) } });
  return {
    store,
    close: async () => {
      store.close();
      redis.disconnect();
      await nc.close();
      await Promise.all([server.stop(), redisServer.stop()]);
    },
  };
});

sessionStoreContract('KV behind a Redis that refuses', async () => {
  const server = await startNatsServer();
  const nc = await connect({ servers: server.url });
  const redis: RedisCommands = { run: () => Promise.reject(new Error('down')) };
  const store = await KvSessionStore.open(nc, { redis });
  return {
    store,
    close: async () => {
      store.close();
      await nc.close();
      await server.stop();
    },
  };
});

runStoreContract('KV', async () => {
  const server = await startNatsServer();
  const nc = await connect({ servers: server.url });
  const store = await KvRunStore.open(nc);
  return {
    store,
    close: async () => {
      store.close();
      await nc.close();
      await server.stop();
    },
  };
});
