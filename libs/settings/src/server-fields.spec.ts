import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { NATS_ACCESS_FIELDS, REDIS_TLS_FIELDS, natsAccessFrom, readSettings } from './index.js';

const schema = z.object({ ...NATS_ACCESS_FIELDS, ...REDIS_TLS_FIELDS });
const PEM = '-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n';

describe('credentials of NATS and trust in Redis', () => {
  it('are not needed on a developer’s machine', () => {
    expect(natsAccessFrom(readSettings(schema, {}))).toBeUndefined();
  });

  it('may have escaped line ends', () => {
    const values = readSettings(schema, {
      NATS_USER: 'gateway',
      NATS_PASSWORD: 'secret',
      NATS_CREDS: 'a\\nb',
      NATS_TLS_CA: PEM.replaceAll('\n', '\\n'),
      REDIS_TLS_CA: PEM,
    });
    expect(natsAccessFrom(values)).toEqual({ user: 'gateway', pass: 'secret', creds: 'a\nb', tlsCa: PEM });
    expect(values.REDIS_TLS_CA).toBe(PEM);
  });

  it.each(['NATS_TLS_CA', 'REDIS_TLS_CA'])('want certificates in %s, no path', (key) => {
    expect(() => readSettings(schema, { [key]: '/etc/ca.pem' })).toThrow(
      expect.objectContaining({ details: { keys: [{ key, problem: 'must be certificates in PEM' }] } }),
    );
  });
});
