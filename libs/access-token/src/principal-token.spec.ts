import { describe, expect, it } from '@jest/globals';
import type { Principal } from '@vana/events';
import { createPrincipalTokenCheck, internalSecretFrom, issuePrincipalToken } from './index.js';
import { createTokenCheck } from './token-check.js';

const SECRET = 's'.repeat(32);
const nowS = () => Math.floor(Date.now() / 1000);
const ada: Principal = {
  ...{ id: 'ada|x', tenant: 'acme', scopes: ['sessions:read', 'admin'] },
  ...{ expiresAtMs: 5_000_000_000_000, issuedAtMs: 1_000_000_000_000, tokenId: 'jti 1' },
};
const nobody: Principal = { id: 'anonymous:abc', tenant: 'default', scopes: ['sessions:read'], anonymous: true };

describe('principal tokens', () => {
  it.each([ada, nobody])('carry a principal as it is: $id', async (principal) => {
    const token = await issuePrincipalToken(SECRET, 'vana-broadcaster', principal, nowS() + 60);
    expect(await createPrincipalTokenCheck(SECRET, 'vana-broadcaster')(token)).toEqual({ principal });
  });

  it('end by their own time, whatever the principal’s is', async () => {
    const token = await issuePrincipalToken(SECRET, 'vana-broadcaster', ada, nowS() - 10);
    expect(await createPrincipalTokenCheck(SECRET, 'vana-broadcaster')(token)).toHaveProperty('refused');
  });

  it('are for one door, and no user’s tokens', async () => {
    const token = await issuePrincipalToken(SECRET, 'vana-session', ada, nowS() + 60);
    expect(await createPrincipalTokenCheck(SECRET, 'vana-broadcaster')(token)).toHaveProperty('refused');
    expect(await createPrincipalTokenCheck('t'.repeat(32), 'vana-session')(token)).toHaveProperty('refused');
    const user = {
      key: { algorithm: 'HS256', secret: SECRET },
      issuer: 'vana-gateway',
      audience: 'vana-session',
    } as const;
    expect(await createTokenCheck(user)(token)).toHaveProperty('refused');
  });

  it('need an end, unless they are nobody’s', async () => {
    const check = createPrincipalTokenCheck(SECRET, 'vana-session');
    const { expiresAtMs: _, ...endless } = ada;
    expect(await check(await issuePrincipalToken(SECRET, 'vana-session', endless, nowS() + 60))).toHaveProperty(
      'refused',
    );
    const mixed = { ...nobody, expiresAtMs: 5_000_000_000_000 };
    expect(await check(await issuePrincipalToken(SECRET, 'vana-session', mixed, nowS() + 60))).toHaveProperty(
      'refused',
    );
  });
});

describe('internalSecretFrom', () => {
  it('takes its own secret, else makes one of JWT_SECRET, else refuses', () => {
    const own = 'i'.repeat(32);
    expect(internalSecretFrom({ INTERNAL_JWT_SECRET: own, JWT_SECRET: SECRET })).toBe(own);
    const made = internalSecretFrom({ JWT_SECRET: SECRET });
    expect(made).toHaveLength(43);
    expect(internalSecretFrom({ JWT_SECRET: SECRET })).toBe(made);
    expect(() => internalSecretFrom({})).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
  });
});
