// What every EventPublisher must do, read back through the bus's own log.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { VanaError, type SessionKey } from '@vana/events';
import type { EventLog, EventPublisher, LogEntry } from '@vana/stream-core';
import { sampleEvent } from '../sample-event.js';
import type { BusUnderTest } from './bus-under-test.js';
import { newSession } from './session-ids.js';

export function eventPublisherContract(name: string, setUp: () => Promise<BusUnderTest>): void {
  describe(`EventPublisher: ${name}`, () => {
    let bus: BusUnderTest;
    let log: EventLog;
    let publisher: EventPublisher;
    let other: EventPublisher;

    beforeAll(async () => {
      bus = await setUp();
      log = bus.log;
      [publisher, other] = bus.publishers;
    });
    afterAll(() => bus.close());

    const ids = (entries: readonly LogEntry[]): string[] => entries.map((entry) => entry.event.id);
    const publishAll = (via: EventPublisher, session: SessionKey, prefix: string, count: number) =>
      Promise.all(Array.from({ length: count }, (_, n) => via.publish(session, sampleEvent(session, `${prefix}${n}`))));

    it('stores events in call order, each chained to the one before', async () => {
      const session = newSession();
      const acks = await publishAll(publisher, session, 'e', 20);
      const entries = await log.read(session, 0, 100);
      expect(ids(entries)).toEqual(Array.from({ length: 20 }, (_, n) => `e${n}`));
      expect(entries.map((entry) => entry.seq)).toEqual(acks.map((ack) => ack.seq));
      expect(entries.map((entry) => entry.prev)).toEqual([0, ...entries.slice(0, -1).map((entry) => entry.seq)]);
      expect(new Set(acks.map((ack) => `${ack.epoch}/${ack.duplicate}`))).toEqual(new Set([`${log.epoch}/false`]));
    });

    it('gives back what was published, unknown fields included, with the time of storing', async () => {
      const session = newSession();
      const event = sampleEvent(session, 'whole', {
        runId: 'r1',
        ttl: 5,
        data: { text: 'ä\n€', n: [1, null] },
        extra: 1,
      });
      const before = Date.now();
      await publisher.publish(session, event);
      const [entry] = await log.read(session, 0, 1);
      expect(entry?.event).toEqual(event);
      expect(Math.abs(entry!.storedAtMs - before)).toBeLessThan(60_000);
    });

    it('stores an id once and answers with the sequence of the original', async () => {
      const session = newSession();
      const first = await publisher.publish(session, sampleEvent(session, 'same'));
      await publisher.publish(session, sampleEvent(session, 'next'));
      for (const via of [publisher, other]) {
        expect(await via.publish(session, sampleEvent(session, 'same'))).toEqual({ ...first, duplicate: true });
      }
      // The answer for an old id must not be taken for the session's end.
      const last = await publisher.publish(session, sampleEvent(session, 'after'));
      const entries = await log.read(session, 0, 10);
      expect(ids(entries)).toEqual(['same', 'next', 'after']);
      expect(entries.at(-1)).toMatchObject({ seq: last.seq, prev: entries[1]!.seq });
    });

    it('stores nothing of a run under a claim when another one was opened after it', async () => {
      const session = newSession();
      const run = (id: string) => sampleEvent(session, id, { runId: 'r1' });
      const [old, young] = [
        { runId: 'r1', token: 'old' },
        { runId: 'r1', token: 'young' },
      ];
      const first = await publisher.publish(session, run('r1:1'), { ...old, since: 'open' });
      await publisher.publish(session, sampleEvent(session, 'between'));
      const second = await publisher.publish(session, run('r1:2'), { ...old, since: first.seq });
      const taken = await other.publish(session, run('r1:taken'), { ...young, since: 'open' });
      const refused = { code: 'publish_fenced' };
      const late = { ...old, since: second.seq };
      await expect(publisher.publish(session, run('r1:3'), late)).rejects.toMatchObject(refused);
      // The former owner's process learns of the session's end by another event; the claim holds all the same.
      await publisher.publish(session, sampleEvent(session, 'unclaimed'));
      await expect(publisher.publish(session, run('r1:3'), late)).rejects.toMatchObject(refused);
      await other.publish(session, run('r1:3'), { ...young, since: taken.seq });
      // Another run of the session is not concerned.
      await publisher.publish(session, sampleEvent(session, 'r2:1', { runId: 'r2' }), {
        ...{ runId: 'r2', token: 'old', since: 'open' },
      });
      const entries = await log.read(session, 0, 20);
      expect(ids(entries)).toEqual(['r1:1', 'between', 'r1:2', 'r1:taken', 'unclaimed', 'r1:3', 'r2:1']);
    });

    it('keeps the same id in two sessions and two tenants apart', async () => {
      const session = newSession();
      const foreign = { tenant: 'other', sessionId: session.sessionId };
      const acks = [
        await publisher.publish(session, sampleEvent(session, 'e')),
        await publisher.publish(foreign, sampleEvent(foreign, 'e')),
      ];
      const second = newSession();
      acks.push(await publisher.publish(second, sampleEvent(second, 'e')));
      expect(acks.map((ack) => ack.duplicate)).toEqual([false, false, false]);
      expect((await log.read(foreign, 0, 10)).map((entry) => [entry.seq, entry.prev])).toEqual([[acks[1]!.seq, 0]]);
    });

    it('goes on after events of another publisher', async () => {
      const session = newSession();
      await publisher.publish(session, sampleEvent(session, 'a0'));
      await other.publish(session, sampleEvent(session, 'b0'));
      await publisher.publish(session, sampleEvent(session, 'a1'));
      const entries = await log.read(session, 0, 10);
      expect(ids(entries)).toEqual(['a0', 'b0', 'a1']);
      expect(entries.map((entry) => entry.prev)).toEqual([0, entries[0]!.seq, entries[1]!.seq]);
    });

    it('stores everything once when two publishers write one session at the same time', async () => {
      const session = newSession();
      await Promise.all([publishAll(publisher, session, 'a', 200), publishAll(other, session, 'b', 200)]);
      const entries = await log.read(session, 0, 1_000);
      const ofA = ids(entries).filter((id) => id.startsWith('a'));
      const ofB = ids(entries).filter((id) => id.startsWith('b'));
      expect(entries).toHaveLength(400);
      expect(ofA).toEqual(Array.from({ length: 200 }, (_, n) => `a${n}`));
      expect(ofB).toEqual(Array.from({ length: 200 }, (_, n) => `b${n}`));
      expect(entries.map((entry) => entry.prev)).toEqual([0, ...entries.slice(0, -1).map((entry) => entry.seq)]);
    });

    it('refuses what is not an event of that session and stores nothing', async () => {
      const session = newSession();
      const code = async (target: SessionKey, event: unknown): Promise<string> => {
        const failure = await publisher.publish(target, event as never).catch((error: unknown) => error);
        return failure instanceof VanaError ? failure.code : String(failure);
      };
      const big = { text: 'x'.repeat(256 * 1024) };
      const cyclic: Record<string, unknown> = {};
      cyclic.self = cyclic;
      expect(await code(session, { ...sampleEvent(session, 'e'), channel: 'secrets' })).toBe('invalid_event');
      expect(await code(session, sampleEvent(newSession(), 'e'))).toBe('invalid_event');
      expect(await code(session, sampleEvent(session, 'e', { data: cyclic }))).toBe('invalid_event');
      expect(await code(session, sampleEvent(session, 'e', { data: big }))).toBe('event_too_large');
      const wild = { tenant: 'default', sessionId: '*' };
      expect(await code(wild, sampleEvent(wild, 'e'))).toBe('invalid_event');
      expect(await code({ ...session, tenant: 'a.b' }, sampleEvent(session, 'e'))).toBe('invalid_event');
      expect(await log.lastSeq(session)).toBe(0);
    });
  });
}
