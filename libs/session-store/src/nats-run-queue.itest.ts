import { setTimeout as pause } from 'node:timers/promises';
import { connect } from '@nats-io/transport-node';
import { runQueueContract, startNatsServer, stepStoreContract } from '@vana/test-kit';
import { KvStepStore } from './kv-step-store.js';
import { NatsRunQueue } from './nats-run-queue.js';

const PATIENCE_MS = 600;

runQueueContract('JetStream', async () => {
  const server = await startNatsServer();
  const [one, two] = await Promise.all([connect({ servers: server.url }), connect({ servers: server.url })]);
  const open = (nc: typeof one) => NatsRunQueue.open(nc, { patienceMs: PATIENCE_MS });
  return {
    queues: [await open(one), await open(two)],
    pass: (ms) => pause(ms),
    passPatience: () => pause(PATIENCE_MS),
    close: async () => {
      await Promise.all([one.close(), two.close()]);
      await server.stop();
    },
  };
});

stepStoreContract('KV', async () => {
  const server = await startNatsServer();
  const nc = await connect({ servers: server.url });
  return {
    store: await KvStepStore.open(nc),
    close: async () => {
      await nc.close();
      await server.stop();
    },
  };
});
