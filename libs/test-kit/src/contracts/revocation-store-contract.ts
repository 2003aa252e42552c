// What every RevocationStore adapter must do.
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { Principal } from '@vana/events';
import type { Revocation, RevocationStore } from '@vana/run-state';
import { randomUUID } from 'node:crypto';
import { eventually } from '../eventually.js';

export interface RevocationStoreUnderTest {
  readonly store: RevocationStore;
  /** Another pod's view; the same store where there is one process only. */
  readonly other: RevocationStore;
  close(): Promise<void>;
}

export function revocationStoreContract(name: string, open: () => Promise<RevocationStoreUnderTest>): void {
  describe(`${name}: RevocationStore`, () => {
    let subject: RevocationStoreUnderTest;
    beforeAll(async () => {
      subject = await open();
    });
    afterAll(() => subject.close());

    const nowMs = Date.now();
    const revocation = (change: Partial<Revocation> = {}): Revocation => ({
      ...{ tenant: 'acme', kind: 'token', id: randomUUID(), revokedAtMs: nowMs, expiresAtMs: nowMs + 3_600_000 },
      ...change,
    });
    const bearer = (change: Partial<Principal>): Principal => ({
      ...{ id: 'ada', tenant: 'acme', scopes: [], issuedAtMs: nowMs - 60_000 },
      ...change,
    });

    it('is in force here at once, and elsewhere soon', async () => {
      const token = revocation();
      const ada = bearer({ tokenId: token.id });
      expect(subject.store.covers(ada)).toBe(false);
      await subject.store.revoke(token);
      expect(subject.store.covers(ada)).toBe(true);
      await eventually(() => subject.other.covers(ada));
      expect(subject.other.covers(bearer({ tokenId: randomUUID() }))).toBe(false);
      expect(subject.store.covers({ ...ada, tenant: 'other' })).toBe(false);
    });

    it.each(['a b.c>*', 'ü|1', 'x'.repeat(256)])('takes the id %j', async (id) => {
      await subject.store.revoke(revocation({ id }));
      await eventually(() => subject.other.covers(bearer({ tokenId: id })));
    });

    it('covers principals and sessions, for tokens issued up to then', async () => {
      const person = revocation({ kind: 'principal', id: `p-${randomUUID()}` });
      const session = revocation({ kind: 'session', id: randomUUID() });
      await subject.store.revoke(person);
      await subject.store.revoke(session);
      await eventually(() => subject.other.covers(bearer({}), session.id));
      for (const store of [subject.store, subject.other]) {
        expect(store.covers(bearer({ id: person.id }))).toBe(true);
        expect(store.covers(bearer({ id: person.id, issuedAtMs: nowMs + 1 }))).toBe(false);
        expect(store.covers(bearer({}))).toBe(false);
        expect(store.covers(bearer({}), session.id)).toBe(true);
        expect(store.covers(bearer({ issuedAtMs: nowMs + 1 }), session.id)).toBe(false);
      }
    });

    it('tells every listener on every pod, also when one throws, until it stops', async () => {
      const told: string[] = [];
      const stops = [subject.store, subject.other].flatMap((store) => [
        store.onRevoked(() => {
          throw new Error('a bad listener');
        }),
        store.onRevoked(({ id }) => void told.push(id)),
      ]);
      const first = revocation();
      await subject.store.revoke(first);
      await eventually(() => told.filter((id) => id === first.id).length === 2);
      for (const stop of stops) stop();
      const later = revocation();
      await subject.store.revoke(later);
      await eventually(() => subject.other.covers(bearer({ tokenId: later.id })));
      expect(told).not.toContain(later.id);
    });
  });
}
