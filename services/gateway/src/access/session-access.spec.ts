import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@vana/events';
import type { SessionRecord, SessionStore } from '@vana/run-state';
import { session } from '../spec/gateway-world.js';
import { readableSession, sessionKeyOf } from './session-access.js';

const ada: Principal = { id: 'ada', tenant: 'default', scopes: [] };
const key = { tenant: 'default', sessionId: 's1' };

/** A store whose cache may say something else than its truth. */
function store(cached: SessionRecord | undefined, truth = cached) {
  const asked: string[] = [];
  const get: SessionStore['get'] = async (_key, { fresh = false } = {}) => {
    asked.push(fresh ? 'truth' : 'cache');
    return fresh ? truth : cached;
  };
  return { get, asked };
}
const mine = session('s1', 'ada');
const foreign = session('s1', 'eve');
const gone = { ...mine, deletedAtMs: 5 };

describe('readableSession', () => {
  it('lets owner and readers in on a cached record', async () => {
    const shared = store({ ...foreign, readers: ['ada'] });
    expect(await readableSession(shared, key, ada)).toBe('open');
    expect(shared.asked).toEqual(['cache']);
  });

  it('asks the truth before it denies', async () => {
    const sharedJustNow = store(foreign, { ...foreign, readers: ['ada'] });
    expect(await readableSession(sharedJustNow, key, ada)).toBe('open');
    expect(sharedJustNow.asked).toEqual(['cache', 'truth']);
  });

  it.each([
    ['unknown', undefined],
    ['foreign', foreign],
    ['foreign and deleted', { ...foreign, deletedAtMs: 5 }],
    ['of another tenant', { ...mine, tenant: 'acme' }],
  ])('denies a session that is %s', async (_name, record) => {
    await expect(readableSession(store(record), key, ada)).rejects.toMatchObject({ code: 'session_not_found' });
  });

  it('tells the owner that it was deleted', async () => {
    expect(await readableSession(store(gone), key, ada)).toBe('deleted');
    expect(await readableSession(store(foreign, gone), key, ada)).toBe('deleted');
  });
});

describe('sessionKeyOf', () => {
  it('is made of the caller’s tenant and a valid id', () => {
    expect(sessionKeyOf({ ...ada, tenant: 'acme' }, 's1')).toEqual({ tenant: 'acme', sessionId: 's1' });
    expect(() => sessionKeyOf(ada, 'acme.s1')).toThrow(expect.objectContaining({ code: 'invalid_session_id' }));
  });
});
