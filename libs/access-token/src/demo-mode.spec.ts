import { randomBytes, randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { anonymousAdmission, demoModeFrom } from './index.js';
import { isUnguessable } from './demo-mode.js';

describe('demoModeFrom', () => {
  it.each([
    [true, undefined, false, false],
    [false, undefined, false, true],
    [false, 'test', false, true],
    [false, 'production', true, true],
    [true, 'production', true, false],
  ])('required %s, NODE_ENV %s, allowed %s: %s', (required, environment, allowed, on) => {
    const values = {
      REQUIRE_SSE_AUTH: required,
      ALLOW_ANONYMOUS_IN_PRODUCTION: allowed,
      ...(environment === undefined ? {} : { NODE_ENV: environment }),
    };
    expect(demoModeFrom(values)).toBe(on);
  });

  it('refuses production unless it was said twice', () => {
    const values = { REQUIRE_SSE_AUTH: false, ALLOW_ANONYMOUS_IN_PRODUCTION: false, NODE_ENV: 'production' };
    expect(() => demoModeFrom(values)).toThrow(
      expect.objectContaining({
        code: 'settings_invalid',
        details: { keys: [expect.objectContaining({ key: 'REQUIRE_SSE_AUTH' })] },
      }),
    );
  });
});

describe('isUnguessable', () => {
  it.each([
    ['s1', false],
    ['my-session-of-today', false],
    ['a'.repeat(64), false],
    ['1234567890'.repeat(3), false],
    ['a-session-of-today-2026-11', false],
    ['a1b2c3d4e5f6g7h8i9j0k1l2m', true],
    ['AbCd-eFgH_iJkL-mNoP_qR', true],
    ['AbCd-eFgH_iJkL-mNoP_q', false],
    ['0123456789abcdef0123456789abcde', false],
    ['0123456789abcdef0123456789abcdef', true],
  ])('%s: %s', (id, expected) => {
    expect(isUnguessable(id)).toBe(expected);
  });

  it('takes what random generators make', () => {
    for (let n = 0; n < 100; n++) {
      expect(isUnguessable(randomUUID())).toBe(true);
      expect(isUnguessable(`s-${randomBytes(24).toString('base64url')}`)).toBe(true);
      expect(isUnguessable(randomBytes(16).toString('hex'))).toBe(true);
    }
  });
});

describe('anonymousAdmission', () => {
  const request = { method: 'GET', url: '/', headers: {} };
  const admit = (id: string | undefined) => anonymousAdmission(() => (id === undefined ? [] : [id]))(request);

  it('is nobody, one for each session, and the id is not told', async () => {
    const id = randomUUID();
    const { principal, credential } = await admit(id);
    expect([credential, principal.anonymous, principal.tenant]).toEqual(['anonymous', true, 'default']);
    expect(principal.id).toMatch(/^anonymous:[A-Za-z0-9_-]{22}$/);
    expect(principal.id).not.toContain(id);
    expect((await admit(id)).principal).toEqual(principal);
    expect((await admit(randomUUID())).principal.id).not.toBe(principal.id);
    expect(principal.scopes).toEqual(['sessions:read', 'runs:start']);
  });

  it.each([
    [undefined, 'unauthenticated'],
    ['a.b', 'invalid_session_id'],
    ['s1', 'weak_session_id'],
  ])('refuses the session id %s', async (id, code) => {
    await expect(admit(id)).rejects.toMatchObject({ code });
  });
});
