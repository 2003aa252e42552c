// What every EventLog must do; events come from the same bus's publishers.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionKey } from '@vana/events';
import type { EventLog, LogEntry } from '@vana/stream-core';
import { eventually } from '../eventually.js';
import { sampleEvent } from '../sample-event.js';
import type { BusUnderTest } from './bus-under-test.js';
import { newSession } from './session-ids.js';

export function eventLogContract(name: string, setUp: () => Promise<BusUnderTest>): void {
  describe(`EventLog: ${name}`, () => {
    let bus: BusUnderTest;
    let log: EventLog;

    beforeAll(async () => {
      bus = await setUp();
      log = bus.log;
    });
    afterAll(() => bus.close());

    const publish = async (session: SessionKey, id: string): Promise<number> =>
      (await bus.publishers[0].publish(session, sampleEvent(session, id))).seq;
    /** Events of two sessions in turn: neither has contiguous sequences. */
    const fill = async (session: SessionKey, count: number): Promise<number[]> => {
      const neighbour = newSession(session.tenant);
      const seqs: number[] = [];
      for (let n = 0; n < count; n++) {
        seqs.push(await publish(session, `e${n}`));
        await publish(neighbour, `n${n}`);
      }
      return seqs;
    };
    const seqsOf = (entries: readonly LogEntry[]): number[] => entries.map((entry) => entry.seq);

    it('has an epoch that can stand in a position', () => {
      expect(log.epoch).toMatch(/^[a-z0-9]{1,16}$/);
    });

    it('knows nothing of a session without events', async () => {
      const session = newSession();
      expect(await log.lastSeq(session)).toBe(0);
      expect(await log.read(session, 0, 10)).toEqual([]);
      expect(await log.readBackward(session, Infinity, 10)).toEqual([]);
      expect(await log.readBackward(session, 1_000_000, 10)).toEqual([]);
    });

    it('reads pages forward from any position', async () => {
      const session = newSession();
      const seqs = await fill(session, 45);
      expect(await log.lastSeq(session)).toBe(seqs.at(-1));
      const paged: number[] = [];
      for (
        let page = await log.read(session, 0, 7);
        page.length > 0;
        page = await log.read(session, paged.at(-1)!, 7)
      ) {
        expect(page.length).toBeLessThanOrEqual(7);
        paged.push(...seqsOf(page));
      }
      expect(paged).toEqual(seqs);
      expect(seqsOf(await log.read(session, 0, 1_000))).toEqual(seqs);
      // A position between two of the session's events is as good as one on them.
      expect(seqsOf(await log.read(session, seqs[3]! + 1, 40))).toEqual(seqs.slice(4, 44));
      expect(seqsOf(await log.read(session, seqs.at(-2)!, 100))).toEqual(seqs.slice(-1));
      expect(await log.read(session, seqs.at(-1)!, 100)).toEqual([]);
      expect(await log.read(session, seqs.at(-1)! + 1_000, 3)).toEqual([]);
    });

    it('reads backward from the end and from any position', async () => {
      const session = newSession();
      const seqs = await fill(session, 60);
      for (const limit of [1, 3, 40, 60, 500]) {
        const newest = await log.readBackward(session, Infinity, limit);
        expect(seqsOf(newest)).toEqual(seqs.slice(-limit));
        expect(seqsOf(await log.readBackward(session, seqs[50]!, limit))).toEqual(
          seqs.slice(Math.max(0, 50 - limit), 50),
        );
      }
      expect(seqsOf(await log.readBackward(session, seqs[5]! + 1, 2))).toEqual([seqs[4], seqs[5]]);
      expect(seqsOf(await log.readBackward(session, seqs[1]!, 5))).toEqual([seqs[0]]);
      expect(await log.readBackward(session, seqs[0]!, 5)).toEqual([]);
      expect(await log.readBackward(session, 1, 5)).toEqual([]);
      expect(seqsOf(await log.readBackward(session, seqs.at(-1)! + 1_000, 2))).toEqual(seqs.slice(-2));
    });

    it('reads backward in a session that began long before', async () => {
      const session = newSession();
      const seqs = await fill(session, 400);
      for (const limit of [20, 70]) {
        const entries = await log.readBackward(session, Infinity, limit);
        expect(seqsOf(entries)).toEqual(seqs.slice(-limit));
        expect(seqsOf(await log.readBackward(session, seqs[200]!, limit))).toEqual(seqs.slice(200 - limit, 200));
      }
    });

    it('delivers what is stored after subscribe has resolved, and nothing after close', async () => {
      const session = newSession();
      await publish(session, 'before');
      const got: LogEntry[] = [];
      let within = false;
      const subscription = await log.subscribe(session, (entry) => {
        expect(within).toBe(false);
        got.push(entry);
      });
      within = true;
      const publishing = publish(session, 'live0');
      within = false;
      await publishing;
      await publish(session, 'live1');
      const stored = await log.read(session, 0, 10);
      await eventually(() => got.length === 2);
      expect(got.map(({ seq, prev, event }) => ({ seq, prev, event }))).toEqual(
        stored.slice(1).map(({ seq, prev, event }) => ({ seq, prev, event })),
      );
      expect(Math.abs(got[0]!.storedAtMs - stored[1]!.storedAtMs)).toBeLessThan(5_000);

      subscription.close();
      subscription.close();
      const witness: LogEntry[] = [];
      const second = await log.subscribe(session, (entry) => witness.push(entry));
      await publish(session, 'live2');
      await eventually(() => witness.length === 1);
      expect(got).toHaveLength(2);
      second.close();
    });

    it('keeps sessions and tenants apart', async () => {
      const session = newSession();
      const sameIdElsewhere = { tenant: 'other', sessionId: session.sessionId };
      const got: string[] = [];
      const subscription = await log.subscribe(session, (entry) => got.push(entry.event.id));
      await publish(sameIdElsewhere, 'foreign');
      await publish(newSession(), 'neighbour');
      const seq = await publish(session, 'own');
      await eventually(() => got.length > 0);
      expect(got).toEqual(['own']);
      expect(seqsOf(await log.read(session, 0, 10))).toEqual([seq]);
      expect(seqsOf(await log.readBackward(session, Infinity, 10))).toEqual([seq]);
      expect(await log.lastSeq(sameIdElsewhere)).toBeLessThan(seq);
      subscription.close();
    });

    it('survives listeners that throw', async () => {
      const session = newSession();
      const got: string[] = [];
      const bad = await log.subscribe(session, () => {
        throw new Error('listener fails');
      });
      const good = await log.subscribe(session, (entry) => got.push(entry.event.id));
      const stopTails = log.onTail(() => {
        throw new Error('tail listener fails');
      });
      await publish(session, 'e0');
      await publish(session, 'e1');
      await eventually(() => got.length === 2);
      expect(await log.lastSeq(session)).toBeGreaterThan(0);
      bad.close();
      good.close();
      stopTails();
    });

    it('tells the tail of every session in stream order', async () => {
      const [one, two] = [newSession(), newSession('other')];
      const tails: [string, number][] = [];
      const stop = log.onTail(({ tenant, sessionId }, seq) => tails.push([`${tenant}.${sessionId}`, seq]));
      // A listener may hear from when it is known to the server; what came before it asks for with lastSeq.
      await eventually(async () => {
        await publish(newSession(), 'warm-up');
        return tails.length > 0;
      });
      const own = [await publish(one, 'e0'), await publish(two, 'e0'), await publish(one, 'e1')];
      await eventually(() => tails.some(([, seq]) => seq === own[2]));
      expect(tails.filter(([, seq]) => own.includes(seq))).toEqual([
        [`default.${one.sessionId}`, own[0]],
        [`other.${two.sessionId}`, own[1]],
        [`default.${one.sessionId}`, own[2]],
      ]);
      const seqs = tails.map(([, seq]) => seq);
      expect(seqs).toEqual([...seqs].sort((a, b) => a - b));
      stop();
      const heard = tails.length;
      let later = 0;
      const stopLater = log.onTail(() => later++);
      await eventually(async () => {
        await publish(one, `e${later}-${Date.now()}`);
        return later > 0;
      });
      expect(tails).toHaveLength(heard);
      stopLater();
    });
  });
}
