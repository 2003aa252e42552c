import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@vana/events';
import { mayRead, mayWrite, type SessionRecord } from './session-record.js';

const session: SessionRecord = {
  tenant: 'acme',
  sessionId: 's1',
  owner: 'ada',
  readers: ['bob'],
  title: '',
  createdAtMs: 1,
  updatedAtMs: 1,
};
const principal = (id: string, tenant = 'acme', more: Partial<Principal> = {}): Principal => ({
  id,
  tenant,
  scopes: [],
  ...more,
});

describe('who may do what with a session', () => {
  it.each([
    ['the owner', principal('ada'), true, true],
    ['a reader', principal('bob'), true, false],
    ['somebody else', principal('eve'), false, false],
    ["another tenant's principal with the owner's id", principal('ada', 'other'), false, false],
    ["another tenant's principal with a reader's id", principal('bob', 'other'), false, false],
    ['somebody else with every scope', principal('eve', 'acme', { scopes: ['admin', 'sessions:write'] }), false, false],
    ['nobody', principal(''), false, false],
  ])('%s', (_who, who, read, write) => {
    expect([mayRead(session, who), mayWrite(session, who)]).toEqual([read, write]);
  });

  it('an empty list of readers lets only the owner in', () => {
    expect(mayRead({ ...session, readers: [] }, principal('bob'))).toBe(false);
    expect(mayRead({ ...session, readers: [] }, principal('ada'))).toBe(true);
  });
});
