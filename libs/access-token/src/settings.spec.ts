import { generateKeyPairSync } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { AccessTokenModule, developmentAccessTokenSettings, readAccessTokenSettings } from './index.js';

const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const PUBLIC_PEM = publicKey.export({ type: 'spki', format: 'pem' }) as string;
const PRIVATE_PEM = privateKey.export({ type: 'pkcs8', format: 'pem' }) as string;
const SECRET = 's'.repeat(32);

function problemKeys(env: Record<string, string>): string[] {
  try {
    readAccessTokenSettings(env);
  } catch (error) {
    const { code, details } = error as { code: string; details: { keys: { key: string }[] } };
    expect(code).toBe('settings_invalid');
    expect(JSON.stringify(details)).not.toContain(env.JWT_SECRET ?? 'nothing');
    return details.keys.map(({ key }) => key);
  }
  return [];
}

describe('readAccessTokenSettings', () => {
  it('reads a secret, with the default names', () => {
    expect(readAccessTokenSettings({ JWT_SECRET: SECRET })).toEqual({
      key: { algorithm: 'HS256', secret: SECRET },
      issuer: 'vana-stream',
      audience: 'vana-stream',
      maxLifetimeS: 604_800,
    });
  });

  it('reads a public key, also with escaped line ends', () => {
    for (const pem of [PUBLIC_PEM, PUBLIC_PEM.replaceAll('\n', '\\n')]) {
      const settings = readAccessTokenSettings({ JWT_PUBLIC_KEY: pem, JWT_ISSUER: 'idp', JWT_AUDIENCE: 'me' });
      expect(settings).toMatchObject({
        key: { algorithm: 'RS256', publicKey: PUBLIC_PEM },
        issuer: 'idp',
        audience: 'me',
      });
    }
  });

  it('counts the secret in bytes', () => {
    expect(problemKeys({ JWT_SECRET: 'é'.repeat(16) })).toEqual([]);
    expect(problemKeys({ JWT_SECRET: 's'.repeat(31) })).toEqual(['JWT_SECRET']);
  });

  it('reads the address of a key set', () => {
    const env = { JWT_JWKS_URL: 'https://idp.example/jwks', JWT_ALGORITHMS: 'ES256', JWT_MAX_LIFETIME: '3600' };
    expect(readAccessTokenSettings(env)).toMatchObject({
      key: { algorithm: 'JWKS', url: 'https://idp.example/jwks', algorithms: ['ES256'] },
      maxLifetimeS: 3_600,
    });
    for (const url of ['http://localhost:1/x', 'http://127.0.0.1/x', 'http://[::1]:9/x']) {
      expect(problemKeys({ JWT_JWKS_URL: url })).toEqual([]);
    }
  });

  it.each([
    'http://idp.example/jwks',
    'http://127.0.0.1.evil.example/',
    'https://me:pw@idp.example/',
    'file:///k',
    'k',
  ])('refuses the key set at %s', (url) => {
    expect(problemKeys({ JWT_JWKS_URL: url })).toEqual(['JWT_JWKS_URL']);
  });

  it('refuses other algorithms for a key set, and tokens that would outlive their revocation', () => {
    const url = 'https://idp.example/jwks';
    expect(problemKeys({ JWT_JWKS_URL: url, JWT_ALGORITHMS: 'RS256,HS256' })).toEqual(['JWT_ALGORITHMS']);
    expect(problemKeys({ JWT_JWKS_URL: url, JWT_MAX_LIFETIME: '2592001' })).toEqual(['JWT_MAX_LIFETIME']);
  });

  it('wants one of the keys, never two', () => {
    expect(problemKeys({})).toEqual(['JWT_SECRET']);
    expect(problemKeys({ JWT_SECRET: SECRET, JWT_PUBLIC_KEY: PUBLIC_PEM })).toEqual(['JWT_SECRET']);
    expect(problemKeys({ JWT_SECRET: SECRET, JWT_JWKS_URL: 'https://idp.example' })).toEqual(['JWT_SECRET']);
  });

  it.each([
    ['a private key', PRIVATE_PEM],
    [
      'a short key',
      String(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey.export({ type: 'spki', format: 'pem' })),
    ],
    [
      'an elliptic key',
      String(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey.export({ type: 'spki', format: 'pem' })),
    ],
    ['text', 'no key'],
  ])('refuses %s as a public key', (_name, pem) => {
    expect(problemKeys({ JWT_PUBLIC_KEY: pem })).toEqual(['JWT_PUBLIC_KEY']);
  });
});

describe('settings made in code', () => {
  it('are held to the same rules', () => {
    const weak = { key: { algorithm: 'HS256', secret: 'short' }, issuer: 'i', audience: 'a' } as const;
    expect(() => AccessTokenModule.register(weak)).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
    const private_ = { key: { algorithm: 'RS256', publicKey: PRIVATE_PEM }, issuer: 'i', audience: 'a' } as const;
    expect(() => AccessTokenModule.register(private_)).toThrow(expect.objectContaining({ code: 'settings_invalid' }));
  });

  it('differ at each start in development', () => {
    expect(developmentAccessTokenSettings().key).not.toEqual(developmentAccessTokenSettings().key);
  });
});
