// An identity provider that rotates its keys, invents nonsense, and goes away.
import { generateKeyPairSync, type KeyObject } from 'node:crypto';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from '@jest/globals';
import { SignJWT } from 'jose';
import { JwksKeys } from './jwks-keys.js';
import { createTokenCheck } from './token-check.js';
import type { AccessTokenSettings } from './settings.js';

const rsa = () => generateKeyPairSync('rsa', { modulusLength: 2048 });
const [first, second] = [rsa(), rsa()];
const elliptic = generateKeyPairSync('ec', { namedCurve: 'P-256' });
const jwk = (key: KeyObject, more: object) => ({ ...key.export({ format: 'jwk' }), ...more });

let server: Server;
let url: string;
let asked = 0;
let answer: () => { status?: number; body: string };
beforeAll(async () => {
  server = createServer((_request, response) => {
    asked++;
    const { status = 200, body } = answer();
    response.writeHead(status, status === 302 ? { location: url } : {}).end(body);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/jwks`;
});
afterAll(() => new Promise((resolve) => server.close(resolve)));

let nowMs = 0;
let troubles: number[] = [];
const publish = (...keys: object[]) => {
  answer = () => ({ body: JSON.stringify({ keys }) });
};
beforeEach(() => {
  asked = 0;
  nowMs = 1_000_000;
  troubles = [];
  publish(jwk(first.publicKey, { kid: 'k1', use: 'sig', alg: 'RS256' }));
});

const keysOf = () =>
  new JwksKeys(
    { algorithm: 'JWKS', url, algorithms: ['RS256', 'ES256'] },
    { now: () => nowMs, onTrouble: ({ keysLeft }) => void troubles.push(keysLeft) },
  );
const rs = (kid: string | undefined) => ({ alg: 'RS256', kid });

describe('the key set', () => {
  it('is fetched once for many, and answers by key id and algorithm', async () => {
    const keys = keysOf();
    const found = await Promise.all(Array.from({ length: 50 }, () => keys.find(rs('k1'))));
    expect(found.every((key) => key?.algorithm === 'RS256')).toBe(true);
    expect(await keys.find({ alg: 'ES256', kid: 'k1' })).toBeUndefined();
    expect(await keys.find({ alg: 'HS256', kid: 'k1' })).toBeUndefined();
    expect(asked).toBe(1);
  });

  it('is asked again for an unknown key id, every 30 s at most', async () => {
    const keys = keysOf();
    await keys.find(rs('k1'));
    publish(jwk(first.publicKey, { kid: 'k1' }), jwk(second.publicKey, { kid: 'k2' }));
    for (let n = 0; n < 500; n++) expect(await keys.find(rs(`invented-${n}`))).toBeUndefined();
    expect(asked).toBe(1);
    nowMs += 30_000;
    expect(await keys.find(rs('k2'))).toBeDefined();
    expect(await keys.find(rs('k1'))).toBeDefined();
    for (let n = 0; n < 500; n++) await keys.find(rs(`invented-${n}`));
    expect(asked).toBe(2);
  });

  it('forgets a key that the provider has withdrawn', async () => {
    const keys = keysOf();
    await keys.find(rs('k1'));
    publish(jwk(second.publicKey, { kid: 'k2' }));
    nowMs += 600_000;
    // This one is answered from what is there, and makes the set be fetched anew.
    expect(await keys.find(rs('k1'))).toBeDefined();
    expect(await keys.find(rs('k2'))).toBeDefined();
    expect(await keys.find(rs('k1'))).toBeUndefined();
  });

  it.each<[string, () => { status?: number; body: string }]>([
    ['an error', () => ({ status: 500, body: '' })],
    ['a redirect', () => ({ status: 302, body: '' })],
    ['no JSON', () => ({ body: '<html>' })],
    ['no key set', () => ({ body: '{"keys":5}' })],
    ['an empty set', () => ({ body: '{"keys":[]}' })],
    ['too much', () => ({ body: ' '.repeat(300_000) })],
  ])('of before stays in use when the provider answers with %s', async (_name, broken) => {
    const keys = keysOf();
    await keys.find(rs('k1'));
    answer = broken;
    nowMs += 700_000;
    await keys.find(rs('unknown'));
    expect(await keys.find(rs('k1'))).toBeDefined();
    expect(troubles).toEqual([1]);
  });

  it('that never came is asked for again after 5 s', async () => {
    const keys = keysOf();
    answer = () => ({ status: 503, body: '' });
    for (let n = 0; n < 20; n++) expect(await keys.find(rs('k1'))).toBeUndefined();
    expect([asked, troubles]).toEqual([1, [0]]);
    publish(jwk(first.publicKey, { kid: 'k1' }));
    nowMs += 5_000;
    expect(await keys.find(rs('k1'))).toBeDefined();
  });

  it('needs no key id when it leaves no choice', async () => {
    const keys = keysOf();
    publish(jwk(first.publicKey, { kid: 'k1' }), jwk(elliptic.publicKey, { kid: 'e1' }));
    expect(await keys.find(rs(undefined))).toBeDefined();
    expect(await keys.find({ alg: 'ES256', kid: undefined })).toBeDefined();
    publish(jwk(first.publicKey, { kid: 'k1' }), jwk(second.publicKey, { kid: 'k2' }));
    nowMs += 30_000;
    await keys.find(rs('k2'));
    expect(await keys.find(rs(undefined))).toBeUndefined();
  });

  it.each<[string, object]>([
    ['for encryption', jwk(first.publicKey, { kid: 'bad', use: 'enc' })],
    ['for another algorithm', jwk(first.publicKey, { kid: 'bad', alg: 'RS512' })],
    ['to sign with', jwk(first.publicKey, { kid: 'bad', key_ops: ['sign'] })],
    ['that is private', jwk(first.privateKey, { kid: 'bad' })],
    ['that is a secret', { kty: 'oct', k: Buffer.alloc(32).toString('base64url'), kid: 'bad' }],
    ['of 1024 bits', jwk(generateKeyPairSync('rsa', { modulusLength: 1024 }).publicKey, { kid: 'bad' })],
    ['on another curve', jwk(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey, { kid: 'bad' })],
    ['without an id', jwk(first.publicKey, {})],
    ['that is none', { kty: 'RSA', kid: 'bad', n: '!', e: 'AQAB' }],
  ])('leaves a key out %s', async (_name, bad) => {
    publish(bad, jwk(second.publicKey, { kid: 'k2' }));
    const keys = keysOf();
    expect(await keys.find(rs('bad'))).toBeUndefined();
    expect(await keys.find({ alg: 'ES256', kid: 'bad' })).toBeUndefined();
    expect(await keys.find(rs('k2'))).toBeDefined();
  });
});

describe('tokens of the provider', () => {
  const check = () => {
    const key: AccessTokenSettings['key'] = { algorithm: 'JWKS', url, algorithms: ['RS256', 'ES256'] };
    return createTokenCheck({ key, issuer: 'idp', audience: 'vana-stream' });
  };
  const signed = (header: Parameters<SignJWT['setProtectedHeader']>[0], key: KeyObject) =>
    new SignJWT({ scope: 'sessions:read' })
      .setProtectedHeader(header)
      .setSubject('ada')
      .setIssuer('idp')
      .setAudience('vana-stream')
      .setExpirationTime('1m')
      .sign(key);

  it('are taken with RS256 and ES256', async () => {
    publish(jwk(first.publicKey, { kid: 'k1' }), jwk(elliptic.publicKey, { kid: 'e1' }));
    const token = check();
    expect(await token(await signed({ alg: 'RS256', kid: 'k1' }, first.privateKey))).toMatchObject({
      principal: { id: 'ada' },
    });
    expect(await token(await signed({ alg: 'ES256', kid: 'e1' }, elliptic.privateKey))).toHaveProperty('principal');
  });

  it('are refused when key and algorithm do not belong together, or the token brings its key along', async () => {
    publish(jwk(first.publicKey, { kid: 'k1' }), jwk(elliptic.publicKey, { kid: 'e1' }));
    const token = check();
    const own = jwk(second.publicKey, {});
    const attacks = [
      signed({ alg: 'RS256', kid: 'e1' }, first.privateKey),
      signed({ alg: 'ES256', kid: 'k1' }, elliptic.privateKey),
      signed({ alg: 'PS256', kid: 'k1' }, first.privateKey),
      signed({ alg: 'RS256', kid: 'k1', jwk: own }, second.privateKey),
      signed({ alg: 'RS256', kid: 'mine', jwk: own }, second.privateKey),
      signed({ alg: 'RS256', kid: 'mine', jku: `${url}/mine` }, second.privateKey),
      signed({ alg: 'RS256', kid: '../../k1' }, first.privateKey),
    ];
    for (const attack of await Promise.all(attacks)) expect(await token(attack)).toHaveProperty('refused');
    expect(
      await token(await signed({ alg: 'RS256', kid: 'k1', jku: 'https://evil.example' }, first.privateKey)),
    ).toHaveProperty('principal');
  });
});
