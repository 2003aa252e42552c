import { FakeClock, runQueueContract, stepStoreContract } from '@vana/test-kit';
import { InMemoryRunQueue } from './in-memory-run-queue.js';
import { InMemoryStepStore } from './in-memory-step-store.js';

const PATIENCE_MS = 600;

runQueueContract('in-memory', async () => {
  const clock = new FakeClock();
  const queue = new InMemoryRunQueue(clock, PATIENCE_MS);
  return {
    queues: [queue, queue],
    pass: (ms) => clock.advance(ms),
    passPatience: () => clock.advance(PATIENCE_MS),
    close: async () => undefined,
  };
});

stepStoreContract('in-memory', async () => ({ store: new InMemoryStepStore(), close: async () => undefined }));
