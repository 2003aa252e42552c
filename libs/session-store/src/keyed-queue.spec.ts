import { describe, expect, it } from '@jest/globals';
import { KeyedQueue } from './keyed-queue.js';

describe('KeyedQueue', () => {
  const gate = () => Promise.withResolvers<void>();

  it('runs one task per key at a time, in call order, and other keys beside it', async () => {
    const queue = new KeyedQueue();
    const first = gate();
    const steps: string[] = [];
    const a1 = queue.run('a', async () => {
      steps.push('a1 starts');
      await first.promise;
      steps.push('a1 ends');
    });
    const a2 = queue.run('a', async () => void steps.push('a2'));
    await queue.run('b', async () => void steps.push('b'));
    first.resolve();
    await Promise.all([a1, a2]);
    expect(steps).toEqual(['a1 starts', 'b', 'a1 ends', 'a2']);
  });

  it("passes on a task's failure to its caller only", async () => {
    const queue = new KeyedQueue();
    const failure = new Error('failed');
    const failed = queue.run('a', async () => {
      throw failure;
    });
    const next = queue.run('a', async () => 'fine');
    await expect(failed).rejects.toBe(failure);
    expect(await next).toBe('fine');
  });

  it('forgets a key when its last task is done', async () => {
    const queue = new KeyedQueue();
    await Promise.all([queue.run('a', async () => 1), queue.run('a', async () => 2), queue.run('b', async () => 3)]);
    await queue.run('c', () => Promise.reject(new Error('failed'))).catch(() => undefined);
    expect(queue.size).toBe(0);
  });
});
