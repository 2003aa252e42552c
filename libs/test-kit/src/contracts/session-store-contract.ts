// What every SessionStore adapter must do.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { SessionRecord, SessionStore } from '@vana/run-state';
import { randomUUID } from 'node:crypto';
import { eventually } from '../eventually.js';

export interface SessionStoreUnderTest {
  readonly store: SessionStore;
  close(): Promise<void>;
}

/** A session that nobody else uses. */
export function sampleSession(overrides: Partial<SessionRecord> = {}): SessionRecord {
  return {
    tenant: 'acme',
    sessionId: randomUUID(),
    owner: 'ada',
    readers: [],
    title: 'A session',
    createdAtMs: 1_000,
    updatedAtMs: 1_000,
    ...overrides,
  };
}

export function sessionStoreContract(name: string, open: () => Promise<SessionStoreUnderTest>): void {
  describe(`${name}: SessionStore`, () => {
    let subject: SessionStoreUnderTest;
    let store: SessionStore;
    beforeAll(async () => {
      subject = await open();
      ({ store } = subject);
    });
    afterAll(() => subject.close());

    const created = async (overrides: Partial<SessionRecord> = {}): Promise<SessionRecord> => {
      const record = sampleSession(overrides);
      expect(await store.create(record)).toBeUndefined();
      return record;
    };

    it('creates once and gives what it stored, unknown fields included', async () => {
      const record = await created({ readers: ['bob'], ...{ addedLater: { a: 1 } } });
      expect(await store.get(record)).toEqual(record);
      expect(await store.get(record, { fresh: true })).toEqual(record);
      expect(await store.create({ ...record, owner: 'eve' })).toEqual(record);
      expect((await store.get(record))?.owner).toBe('ada');
    });

    it('knows a session by tenant and id only', async () => {
      const record = await created();
      expect(await store.get({ ...record, tenant: 'other' })).toBeUndefined();
      expect(await store.get({ ...record, sessionId: randomUUID() })).toBeUndefined();
      expect(await store.create({ ...record, tenant: 'other', owner: 'eve' })).toBeUndefined();
      expect((await store.get(record))?.owner).toBe('ada');
    });

    it('has one winner when many create the same id', async () => {
      const contenders = Array.from({ length: 20 }, (_, i) => sampleSession({ sessionId: 'raced', owner: `p${i}` }));
      const answers = await Promise.all(contenders.map((record) => store.create(record)));
      const winners = contenders.filter((_, i) => answers[i] === undefined);
      expect(winners).toHaveLength(1);
      expect(answers.filter((standing) => standing !== undefined)).toEqual(Array(19).fill(winners[0]));
    });

    it('updates, leaves alone, and answers nothing for what is not there', async () => {
      const record = await created();
      const updated = await store.update(record, (standing) => ({ ...standing, title: 'New', activeRunId: 'r1' }));
      expect(updated).toEqual({ ...record, title: 'New', activeRunId: 'r1' });
      expect(await store.get(record)).toEqual(updated);
      expect(await store.update(record, () => undefined)).toEqual(updated);
      const cleared = await store.update(record, ({ activeRunId: _, ...standing }) => standing);
      expect(cleared).not.toHaveProperty('activeRunId');
      expect(await store.update(sampleSession(), (standing) => standing)).toBeUndefined();
    });

    it('keeps key, owner and creation time whatever a change says', async () => {
      const record = await created();
      const updated = await store.update(record, (standing) => ({
        ...standing,
        ...sampleSession({ tenant: 'other', owner: 'eve', createdAtMs: 5 }),
        title: 'Taken',
      }));
      expect(updated).toEqual({ ...record, title: 'Taken' });
    });

    it('passes on what a change throws and changes nothing', async () => {
      const record = await created();
      const refusal = new Error('refused');
      await expect(
        store.update(record, () => {
          throw refusal;
        }),
      ).rejects.toBe(refusal);
      expect(await store.get(record)).toEqual(record);
    });

    it('loses no update of many at once', async () => {
      const record = await created();
      const names = Array.from({ length: 30 }, (_, i) => `reader-${i}`);
      await Promise.all(
        names.map((reader) =>
          store.update(record, (standing) => ({ ...standing, readers: [...standing.readers, reader] })),
        ),
      );
      expect([...((await store.get(record))?.readers ?? [])].sort()).toEqual(names.sort());
    });

    it('leaves a tombstone that stays: not changed, not created again', async () => {
      const record = await created({ readers: ['bob'], activeRunId: 'r1' });
      await store.remove(record, 7_000);
      const tombstone = await store.get(record);
      expect(tombstone).toMatchObject({ owner: 'ada', readers: ['bob'], title: '', deletedAtMs: 7_000 });
      expect(tombstone).not.toHaveProperty('activeRunId');
      await store.remove(record, 8_000);
      expect(await store.get(record)).toEqual(tombstone);
      expect(await store.update(record, (standing) => ({ ...standing, title: 'Back' }))).toEqual(tombstone);
      expect(await store.create(record)).toEqual(tombstone);
      await store.remove(sampleSession(), 9_000);
    });

    it("lists an owner's living sessions, newest first", async () => {
      const owner = `owner|${randomUUID()}@example.org`;
      const old = await created({ owner, createdAtMs: 1_000 });
      const young = await created({ owner, createdAtMs: 20_000 });
      const middle = await created({ owner, createdAtMs: 3_000 });
      const gone = await created({ owner, createdAtMs: 4_000 });
      await created({ owner, tenant: 'other', createdAtMs: 5_000 });
      await created({ owner: `${owner}x`, createdAtMs: 6_000, readers: [owner] });
      await store.create({ ...gone, createdAtMs: 30_000 });
      await store.remove(gone, 9_000);
      expect(await store.listOwned('acme', owner, 10)).toEqual([young, middle, old]);
      expect(await store.listOwned('acme', owner, 2)).toEqual([young, middle]);
      expect(await store.listOwned('acme', owner, 0)).toEqual([]);
      expect(await store.listOwned('acme', randomUUID(), 10)).toEqual([]);
    });

    it('tells every change to every listener, also when one throws, until it stops', async () => {
      const told: SessionRecord[] = [];
      const record = sampleSession();
      const stopFirst = store.onChange(() => {
        throw new Error('a bad listener');
      });
      const stop = store.onChange((changed) => {
        if (changed.sessionId === record.sessionId) told.push(changed);
      });
      await store.create(record);
      await eventually(() => told.length === 1);
      await store.update(record, (standing) => ({ ...standing, title: 'New' }));
      await eventually(() => told.length === 2);
      await store.remove(record, 9_000);
      await eventually(() => told.length === 3);
      expect(told.map(({ title, deletedAtMs }) => [title, deletedAtMs])).toEqual([
        ['A session', undefined],
        ['New', undefined],
        ['', 9_000],
      ]);
      stop();
      const later: string[] = [];
      const stopLater = store.onChange(({ sessionId }) => void later.push(sessionId));
      const other = sampleSession();
      await store.create(other);
      await eventually(() => later.includes(other.sessionId));
      expect(told).toHaveLength(3);
      stopLater();
      stopFirst();
    });
  });
}
