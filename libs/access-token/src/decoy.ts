// A token that is refused by its looks goes the way of one whose signature is wrong: otherwise the time of an
// answer tells which of the checks it failed.
import type { VerifyKey } from './verify-key.js';

const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

const CLAIMS = {
  iss: 'https://id.example/realms/decoy',
  aud: 'vana-stream',
  sub: '00000000-0000-0000-0000-000000000000',
  scope: 'sessions:read sessions:write runs:start',
  iat: 1_000_000_000,
  exp: 1_000_000_600,
};

/** Fits the key in everything but its signature, for which the whole computation has to be done. */
export function decoyOf({ algorithm, key }: VerifyKey): { token: string; claimsText: string } {
  const bytes = { HS256: 32, ES256: 64, RS256: (key.asymmetricKeyDetails?.modulusLength ?? 2_048) / 8 }[algorithm];
  // In range for every key, so that nothing shorter finds it wrong.
  const signature = Buffer.alloc(bytes, 0x55).toString('base64url');
  return { token: `${part({ alg: algorithm, typ: 'JWT' })}.${part(CLAIMS)}.${signature}`, claimsText: '{}' };
}
