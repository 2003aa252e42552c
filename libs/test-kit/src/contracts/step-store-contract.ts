// What every StepStore adapter must do.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { MAX_STEP_BYTES, type QueuedRun, type StepStore } from '@vana/run-state';
import { randomUUID } from 'node:crypto';

export interface StepStoreUnderTest {
  readonly store: StepStore;
  close(): Promise<void>;
}

export function stepStoreContract(name: string, open: () => Promise<StepStoreUnderTest>): void {
  describe(`${name}: StepStore`, () => {
    let subject: StepStoreUnderTest;
    let store: StepStore;
    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(() => subject.close());

    const newRun = (): QueuedRun => ({ tenant: 'acme', runId: randomUUID() });

    it('keeps the first result of a step, whatever its name', async () => {
      const run = newRun();
      const step = 'plan: section 1/3 > “ä”.*';
      expect(await store.get(run, step)).toBeUndefined();
      await store.put(run, step, '{"text":"ä"}');
      await store.put(run, step, '"second"');
      expect(await store.get(run, step)).toBe('{"text":"ä"}');
      expect(await store.get(run, 'plan')).toBeUndefined();
      expect(await store.get(newRun(), step)).toBeUndefined();
      expect(await store.get({ ...run, tenant: 'other' }, step)).toBeUndefined();
    });

    it('does not keep what is too large', async () => {
      const run = newRun();
      await store.put(run, 'fits', `"${'x'.repeat(MAX_STEP_BYTES - 2)}"`);
      await store.put(run, 'large', `"${'x'.repeat(MAX_STEP_BYTES - 1)}"`);
      expect((await store.get(run, 'fits'))?.length).toBe(MAX_STEP_BYTES);
      expect(await store.get(run, 'large')).toBeUndefined();
    });

    it('forgets a run and no other', async () => {
      const [run, kept] = [newRun(), newRun()];
      for (const each of [run, kept]) {
        await store.put(each, 'a', '1');
        await store.put(each, 'b', '2');
      }
      await store.forget(run);
      await store.forget(run);
      expect([await store.get(run, 'a'), await store.get(run, 'b')]).toEqual([undefined, undefined]);
      expect([await store.get(kept, 'a'), await store.get(kept, 'b')]).toEqual(['1', '2']);
    });
  });
}
