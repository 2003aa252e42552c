import { describe, expect, it } from '@jest/globals';
import { readSettings } from '@vana/settings';
import { z } from 'zod';
import { FRONT_DOOR_FIELDS, frontDoorSettingsFrom } from './settings.js';

const read = (env: Record<string, string>) => frontDoorSettingsFrom(readSettings(z.object(FRONT_DOOR_FIELDS), env));
const refusing = (key: string) =>
  expect.objectContaining({ code: 'settings_invalid', details: { keys: [expect.objectContaining({ key })] } });

describe('front door settings', () => {
  it('take lists of proxies, also none', () => {
    expect(read({ TRUSTED_PROXIES: '10.0.0.0/8, 127.0.0.1,fd00::/8' }).trustedProxies).toEqual([
      '10.0.0.0/8',
      '127.0.0.1',
      'fd00::/8',
    ]);
    expect(read({ TRUSTED_PROXIES: '' }).trustedProxies).toEqual([]);
  });

  it.each(['10.0.0.0/33', 'ten', '10.0.0.0/', '10.0.0.0/8/8', 'proxy.example', '10.0.0.0/-1'])(
    'refuse %s as a proxy',
    (TRUSTED_PROXIES) => {
      expect(() => read({ TRUSTED_PROXIES })).toThrow(refusing('TRUSTED_PROXIES'));
    },
  );

  it('want both TLS files or none', () => {
    expect(read({ TLS_CERT: 'c', TLS_KEY: 'k' }).tls).toEqual({ certFile: 'c', keyFile: 'k' });
    expect(() => read({ TLS_CERT: 'c' })).toThrow(refusing('TLS_KEY'));
    expect(() => read({ TLS_KEY: 'k' })).toThrow(refusing('TLS_CERT'));
  });

  it('can switch limits off', () => {
    const off = { RATE_LIMIT_ADDRESS: '0', RATE_LIMIT_PRINCIPAL: '0', RUN_QUOTA: '0' };
    expect(read(off)).toMatchObject({ requestsPerAddress: 0, requestsPerPrincipal: 0, runsPerPrincipal: 0 });
  });
});
