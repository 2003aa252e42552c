// What every RunQueue adapter must do.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { queuedRunKey, type QueuedRun, type RunDelivery, type RunQueue } from '@vana/run-state';
import { randomUUID } from 'node:crypto';

export interface RunQueueUnderTest {
  /** Two processes of one queue. */
  readonly queues: readonly [RunQueue, RunQueue];
  /** Lets the queue's patience pass. */
  readonly passPatience: () => Promise<void>;
  /** The same for a time shorter than that, milliseconds. */
  readonly pass: (ms: number) => Promise<void>;
  close(): Promise<void>;
}

export function runQueueContract(name: string, open: () => Promise<RunQueueUnderTest>): void {
  describe(`${name}: RunQueue`, () => {
    let subject: RunQueueUnderTest;
    let queue: RunQueue;
    let other: RunQueue;
    beforeAll(async () => {
      subject = await open();
      [queue, other] = subject.queues;
    });
    afterAll(() => subject.close());

    const newRun = (): QueuedRun => ({ tenant: 'acme', runId: randomUUID() });
    const next = async (from = queue): Promise<RunDelivery> => (await from.next(new AbortController().signal))!;
    /** What comes within no time. */
    const nothingFrom = async (from: RunQueue): Promise<boolean> => {
      const controller = new AbortController();
      const coming = from.next(controller.signal);
      await subject.pass(50);
      controller.abort();
      const delivery = await coming;
      delivery?.giveBack(0);
      return delivery === undefined;
    };

    it('hands out each run once, in order, and forgets it when it is done', async () => {
      const runs = [newRun(), newRun(), newRun()];
      for (const run of runs) await queue.add(run);
      expect(await queue.held()).toEqual(new Set(runs.map(queuedRunKey)));
      const got = [await next(), await next(other), await next()];
      expect(got.map(({ runId }) => runId)).toEqual(runs.map(({ runId }) => runId));
      expect(got[0]).toMatchObject({ tenant: 'acme' });
      expect(await nothingFrom(other)).toBe(true);
      for (const delivery of got) await delivery.done();
      expect((await other.held()).size).toBe(0);
    });

    it('holds one notice per run, however often it is added', async () => {
      const run = newRun();
      for (const from of [queue, other, queue]) await from.add(run);
      const delivery = await next();
      await other.add(run);
      expect(await nothingFrom(other)).toBe(true);
      await delivery.done();
      expect((await queue.held()).size).toBe(0);
      // Done is done: it may come in anew.
      await queue.add(run);
      await (await next(other)).done();
    });

    it('gives what was given back to the next one, also later', async () => {
      const run = newRun();
      await queue.add(run);
      (await next()).giveBack(0);
      const again = await next(other);
      expect(again.runId).toBe(run.runId);
      again.giveBack(200);
      expect(await nothingFrom(queue)).toBe(true);
      const coming = next();
      await subject.pass(200);
      await (await coming).done();
    });

    it('goes to another one when its worker is silent, and not while it says that it works', async () => {
      const run = newRun();
      await queue.add(run);
      const first = await next();
      await subject.passPatience();
      const second = await next(other);
      expect(second.runId).toBe(run.runId);
      for (let step = 0; step < 3; step++) {
        await subject.pass(300);
        second.working();
      }
      expect(await nothingFrom(queue)).toBe(true);
      await second.done();
      // The silent one comes back: it has no say any more, and does no harm.
      first.working();
      first.giveBack(0);
      expect((await queue.held()).size).toBe(0);
    });

    it('stops waiting when told so', async () => {
      const controller = new AbortController();
      const waiting = queue.next(controller.signal);
      controller.abort();
      expect(await waiting).toBeUndefined();
      expect(await queue.next(controller.signal)).toBeUndefined();
      await queue.add(newRun());
      // Not lost to the one that has stopped.
      const delivery = await next(other);
      await delivery.done();
    });
  });
}
