// What every RunStore adapter must do.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { RunRecord, RunStore } from '@vana/run-state';
import { randomUUID } from 'node:crypto';
import { eventually } from '../eventually.js';

export interface RunStoreUnderTest {
  readonly store: RunStore;
  close(): Promise<void>;
}

/** A run that nobody else uses. */
export function sampleRun(overrides: Partial<RunRecord> = {}): RunRecord {
  return {
    tenant: 'acme',
    runId: randomUUID(),
    sessionId: 's1',
    owner: 'ada',
    query: 'What is a position?',
    status: 'queued',
    cancelRequested: false,
    createdAtMs: 1_000,
    ...overrides,
  };
}

export function runStoreContract(name: string, open: () => Promise<RunStoreUnderTest>): void {
  describe(`${name}: RunStore`, () => {
    let subject: RunStoreUnderTest;
    let store: RunStore;
    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(() => subject.close());

    it('creates once and gives what it stored, unknown fields included', async () => {
      const run = sampleRun({ idempotencyKey: 'k', leaseUntilMs: 5, ...{ addedLater: [1] } });
      expect(await store.create(run)).toBeUndefined();
      expect(await store.get(run.tenant, run.runId)).toEqual(run);
      expect(await store.create({ ...run, owner: 'eve' })).toEqual(run);
      expect(await store.get('other', run.runId)).toBeUndefined();
      expect(await store.get(run.tenant, randomUUID())).toBeUndefined();
    });

    it('lists the runs that have not ended, the oldest first', async () => {
      const [late, early, over] = [sampleRun({ createdAtMs: 20 }), sampleRun({ createdAtMs: 10 }), sampleRun()];
      for (const run of [late, early, over]) await store.create(run);
      await store.update(late.tenant, late.runId, (run) => ({ ...run, status: 'running' }));
      await store.update(over.tenant, over.runId, (run) => ({ ...run, status: 'failed' }));
      const mine = [late, early, over].map(({ runId }) => runId);
      const listed = (await store.listOpen()).filter(({ runId }) => mine.includes(runId));
      expect(listed).toEqual([early, { ...late, status: 'running' }]);
    });

    it('updates, leaves alone, and answers nothing for what is not there', async () => {
      const run = sampleRun();
      await store.create(run);
      const running = await store.update(run.tenant, run.runId, (standing) => ({
        ...standing,
        ...{ runId: 'x', sessionId: 'x', owner: 'x', createdAtMs: 0 },
        status: 'running',
        startedAtMs: 2_000,
      }));
      expect(running).toEqual({ ...run, status: 'running', startedAtMs: 2_000 });
      expect(await store.update(run.tenant, run.runId, () => undefined)).toEqual(running);
      expect(await store.get(run.tenant, run.runId)).toEqual(running);
      expect(await store.update(run.tenant, randomUUID(), (standing) => standing)).toBeUndefined();
    });

    it('has one winner when many claim a run', async () => {
      const run = sampleRun();
      await store.create(run);
      const claims = await Promise.all(
        Array.from({ length: 20 }, async (_, i) => {
          const claimed = await store.update(run.tenant, run.runId, (standing) =>
            standing.status === 'queued' ? { ...standing, status: 'running', claimedBy: `w${i}` } : undefined,
          );
          return claimed?.claimedBy === `w${i}`;
        }),
      );
      expect(claims.filter(Boolean)).toHaveLength(1);
    });

    it('tells every change to every listener, also when one throws, until it stops', async () => {
      const told: string[] = [];
      const run = sampleRun();
      const stopFirst = store.onChange(() => {
        throw new Error('a bad listener');
      });
      const stop = store.onChange((changed) => {
        if (changed.runId === run.runId) told.push(`${changed.status} ${changed.cancelRequested}`);
      });
      await store.create(run);
      await eventually(() => told.length === 1);
      await store.update(run.tenant, run.runId, (standing) => ({ ...standing, cancelRequested: true }));
      await eventually(() => told.length === 2);
      stop();
      const later: string[] = [];
      const stopLater = store.onChange(({ status }) => void later.push(status));
      await store.update(run.tenant, run.runId, (standing) => ({ ...standing, status: 'cancelled' }));
      await eventually(() => later.includes('cancelled'));
      expect(told).toEqual(['queued false', 'queued true']);
      stopLater();
      stopFirst();
    });
  });
}
