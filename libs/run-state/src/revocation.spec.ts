import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@vana/events';
import { RevocationList, type Revocation } from './index.js';

const ada: Principal = { id: 'ada', tenant: 'acme', scopes: [], tokenId: 't1', issuedAtMs: 5_000 };
const revocation = (change: Partial<Revocation>): Revocation => ({
  ...{ tenant: 'acme', kind: 'principal', id: 'ada', revokedAtMs: 6_000, expiresAtMs: 60_000 },
  ...change,
});
function listOf(...revocations: Revocation[]): RevocationList {
  const list = new RevocationList();
  for (const one of revocations) list.add(one, 0);
  return list;
}

describe('RevocationList', () => {
  it.each<[string, Partial<Revocation>, boolean]>([
    ['the token', { kind: 'token', id: 't1' }, true],
    ['the token, though issued later', { kind: 'token', id: 't1', revokedAtMs: 1 }, true],
    ['another token', { kind: 'token', id: 't2' }, false],
    ['the principal', {}, true],
    ['the principal in the second of the issue', { revokedAtMs: 5_000 }, true],
    ['the principal before the issue', { revokedAtMs: 4_999 }, false],
    ['another principal', { id: 'bob' }, false],
    ['the principal of the same name elsewhere', { tenant: 'other' }, false],
    ['the session', { kind: 'session', id: 's1' }, true],
    ['the session before the issue', { kind: 'session', id: 's1', revokedAtMs: 4_999 }, false],
    ['another session', { kind: 'session', id: 's2' }, false],
    ['a session of the principal’s name', { kind: 'session', id: 'ada' }, false],
  ])('%s', (_name, change, covered) => {
    expect(listOf(revocation(change)).covers(ada, 's1')).toBe(covered);
  });

  it('covers tokens that do not tell when they were issued', () => {
    const { issuedAtMs: _, tokenId: __, ...bare } = ada;
    expect(listOf(revocation({ revokedAtMs: 1 })).covers(bare, undefined)).toBe(true);
    expect(listOf(revocation({ kind: 'token', id: 't1' })).covers(bare, undefined)).toBe(false);
  });

  it('keeps the later of two, and forgets those that have expired', () => {
    const list = listOf(revocation({ revokedAtMs: 9_000 }), revocation({ revokedAtMs: 4_000 }));
    expect(list.covers(ada, undefined)).toBe(true);
    list.add(revocation({ id: 'bob', expiresAtMs: 90_000 }), 60_000);
    expect([list.size, list.covers(ada, undefined)]).toEqual([1, false]);
  });
});
