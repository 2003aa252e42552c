// A certificate for localhost and 127.0.0.1 that nobody but the test trusts, made on the spot: no key lies in
// the repository and no openssl is needed. X.509 in DER (RFC 5280), as little of it as clients want.
import { createPrivateKey, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

export interface PemPair {
  readonly cert: string;
  readonly key: string;
}

const der = (tag: number, ...parts: Buffer[]): Buffer => {
  const content = Buffer.concat(parts);
  const { length } = content;
  const size = length < 128 ? [length] : length < 256 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
};
const sequence = (...parts: Buffer[]) => der(0x30, ...parts);
const bytes = (...values: number[]) => Buffer.from(values);
const time = (date: Date) => der(0x18, Buffer.from(date.toISOString().replace(/[-:T]|\.\d+/g, '')));

const ECDSA_WITH_SHA256 = sequence(der(0x06, bytes(0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 0x03, 0x02)));
const COMMON_NAME = der(0x06, bytes(0x55, 0x04, 0x03));
const SUBJECT_ALT_NAME = der(0x06, bytes(0x55, 0x1d, 0x11));
const A_DAY_MS = 86_400_000;

export function selfSignedPair(commonName = 'localhost'): PemPair {
  const { publicKey, privateKey } = generateKeyPairSync('ec', {
    namedCurve: 'P-256',
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  const name = sequence(der(0x31, sequence(COMMON_NAME, der(0x0c, Buffer.from(commonName)))));
  const altNames = sequence(der(0x82, Buffer.from('localhost')), der(0x87, bytes(127, 0, 0, 1)));
  // The first bit of a positive number is 0.
  const serial = Buffer.concat([bytes(1), randomBytes(8)]);
  const content = sequence(
    der(0xa0, der(0x02, bytes(2))),
    der(0x02, serial),
    ECDSA_WITH_SHA256,
    name,
    sequence(time(new Date(Date.now() - A_DAY_MS)), time(new Date(Date.now() + A_DAY_MS))),
    name,
    publicKey,
    der(0xa3, sequence(sequence(SUBJECT_ALT_NAME, der(0x04, altNames)))),
  );
  const signature = sign('sha256', content, createPrivateKey(privateKey));
  const certificate = sequence(content, ECDSA_WITH_SHA256, der(0x03, bytes(0), signature));
  const lines = certificate.toString('base64').replace(/.{64}/g, '$&\n');
  return { cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`, key: privateKey };
}
