// What every EventHistory adapter must do.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import type { EventHistory, LogEntry } from '@vana/stream-core';
import { randomUUID } from 'node:crypto';
import { sampleEvent } from '../sample-event.js';

export interface HistoryUnderTest {
  /** With the default limits. */
  readonly history: EventHistory;
  /** The same storage with other limits. */
  limited(limits: { maxEntries?: number; maxBytes?: number }): EventHistory;
  /** A stored time that is not yet expired. */
  readonly nowMs: number;
  close(): Promise<void>;
}

const EPOCH = 'k3f9';
const MAX = Number.MAX_SAFE_INTEGER;

export function eventHistoryContract(name: string, open: () => Promise<HistoryUnderTest>): void {
  describe(`${name}: EventHistory`, () => {
    let subject: HistoryUnderTest;
    let history: EventHistory;
    beforeAll(async () => {
      subject = await open();
      ({ history } = subject);
    });
    afterAll(() => subject.close());

    const newSession = (): SessionKey => ({ tenant: 'acme', sessionId: randomUUID() });
    /** Entries with these sequences, each joined to the one before; the first to `prev`. */
    const chain = (session: SessionKey, seqs: readonly number[], prev = 0, text = ''): LogEntry[] =>
      seqs.map((seq, i) => ({
        seq,
        prev: i === 0 ? prev : seqs[i - 1]!,
        storedAtMs: subject.nowMs,
        event: sampleEvent(session, `e${seq}`, { data: { text, note: 'größer ✓\n' }, unknownField: [1, { a: null }] }),
      }));
    const seqs = (entries: readonly LogEntry[]): number[] => entries.map(({ seq }) => seq);
    const all = async (session: SessionKey): Promise<number[]> => seqs(await history.read(session, EPOCH, 0, 1_000));

    it('holds nothing of an unknown session', async () => {
      const session = newSession();
      expect(await history.read(session, EPOCH, 0, 10)).toEqual([]);
      expect(await history.readBackward(session, EPOCH, Infinity, 10)).toEqual([]);
      await history.append(session, EPOCH, []);
      await history.drop(session, EPOCH);
    });

    it('gives entries back as they were, after a position and at most so many', async () => {
      const session = newSession();
      const entries = chain(session, [2, 9, 10, 100, 101]);
      await history.append(session, EPOCH, entries);
      expect(await history.read(session, EPOCH, 0, 10)).toEqual(entries);
      expect(seqs(await history.read(session, EPOCH, 9, 10))).toEqual([10, 100, 101]);
      expect(seqs(await history.read(session, EPOCH, 3, 2))).toEqual([9, 10]);
      expect(await history.read(session, EPOCH, 101, 10)).toEqual([]);
      expect(await history.read(session, EPOCH, 0, 0)).toEqual([]);
    });

    it('reads backward from a position or the newest, in ascending order', async () => {
      const session = newSession();
      const entries = chain(session, [2, 9, 10, 100, 101]);
      await history.append(session, EPOCH, entries);
      expect(await history.readBackward(session, EPOCH, Infinity, 3)).toEqual(entries.slice(2));
      expect(seqs(await history.readBackward(session, EPOCH, 100, 2))).toEqual([9, 10]);
      expect(seqs(await history.readBackward(session, EPOCH, 50, 10))).toEqual([2, 9, 10]);
      expect(await history.readBackward(session, EPOCH, 2, 10)).toEqual([]);
      expect(await history.readBackward(session, EPOCH, Infinity, 0)).toEqual([]);
    });

    it('skips what it has and adds the rest', async () => {
      const session = newSession();
      const entries = chain(session, [1, 2, 3, 4, 5]);
      await history.append(session, EPOCH, entries.slice(0, 3));
      await history.append(session, EPOCH, entries.slice(0, 2));
      await history.append(session, EPOCH, entries.slice(1));
      expect(await history.read(session, EPOCH, 0, 10)).toEqual(entries);
    });

    it('starts anew at an entry that does not join the tail', async () => {
      const session = newSession();
      await history.append(session, EPOCH, chain(session, [1, 2, 3]));
      await history.append(session, EPOCH, chain(session, [8, 9], 7));
      expect(await all(session)).toEqual([8, 9]);
    });

    it('never stores a broken chain, even when it is handed one', async () => {
      const session = newSession();
      await history.append(session, EPOCH, [...chain(session, [1, 2]), ...chain(session, [6, 7], 4)]);
      expect(await all(session)).toEqual([6, 7]);
    });

    it('keeps tenants, sessions and epochs apart', async () => {
      const session = newSession();
      const elsewhere = { ...session, tenant: 'other' };
      await history.append(session, EPOCH, chain(session, [1]));
      await history.append(elsewhere, EPOCH, chain(elsewhere, [2]));
      await history.append(session, 'z1', chain(session, [3]));
      expect(await all(session)).toEqual([1]);
      await history.drop(session, EPOCH);
      expect(await all(session)).toEqual([]);
      expect(await all(elsewhere)).toEqual([2]);
      expect(seqs(await history.read(session, 'z1', 0, 10))).toEqual([3]);
    });

    it('compares sequences exactly up to the largest safe integer', async () => {
      const session = newSession();
      await history.append(session, EPOCH, chain(session, [9]));
      await history.append(session, EPOCH, chain(session, [10], 9));
      await history.append(session, EPOCH, chain(session, [MAX - 2], 10));
      await history.append(session, EPOCH, chain(session, [MAX - 1], MAX - 2));
      await history.append(session, EPOCH, chain(session, [MAX - 1, MAX], MAX - 2));
      expect(await all(session)).toEqual([9, 10, MAX - 2, MAX - 1, MAX]);
      expect(seqs(await history.read(session, EPOCH, MAX - 1, 10))).toEqual([MAX]);
      expect(seqs(await history.readBackward(session, EPOCH, MAX, 1))).toEqual([MAX - 1]);
    });

    it('keeps 500 entries', async () => {
      const session = newSession();
      const first = Array.from({ length: 400 }, (_, i) => i + 1);
      await history.append(session, EPOCH, chain(session, first));
      await history.append(
        session,
        EPOCH,
        chain(
          session,
          first.map((seq) => seq + 400),
          400,
        ),
      );
      const kept = await all(session);
      expect([kept.length, kept[0], kept.at(-1)]).toEqual([500, 301, 800]);
    });

    it('keeps to the byte budget, the newest entry excepted', async () => {
      const session = newSession();
      const limited = subject.limited({ maxBytes: 12_000 });
      const text = 'x'.repeat(1_000);
      for (let seq = 1; seq <= 40; seq++) await limited.append(session, EPOCH, chain(session, [seq], seq - 1, text));
      const kept = await limited.read(session, EPOCH, 0, 100);
      const bytes = kept.reduce((sum, { event }) => sum + JSON.stringify(event).length, 0);
      expect(kept.at(-1)?.seq).toBe(40);
      expect(bytes).toBeLessThanOrEqual(12_000);
      expect(kept.length).toBeGreaterThanOrEqual(7);

      await limited.append(session, EPOCH, chain(session, [41], 40, 'x'.repeat(20_000)));
      expect(seqs(await limited.read(session, EPOCH, 0, 100))).toEqual([41]);
      await limited.append(session, EPOCH, chain(session, [42], 41, text));
      expect(seqs(await limited.read(session, EPOCH, 0, 100))).toEqual([42]);
    });

    it('takes a batch that is larger than its bounds', async () => {
      const session = newSession();
      const limited = subject.limited({ maxEntries: 3 });
      await limited.append(session, EPOCH, chain(session, [1, 2, 3, 4, 5, 6]));
      expect(seqs(await limited.read(session, EPOCH, 0, 10))).toEqual([4, 5, 6]);
      await limited.append(session, EPOCH, chain(session, [4, 5, 6, 7], 3));
      expect(seqs(await limited.read(session, EPOCH, 0, 10))).toEqual([5, 6, 7]);
    });
  });
}
