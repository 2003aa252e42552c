import { describe, expect, it } from '@jest/globals';
import { readGatewaySettings } from './settings.js';

const JWT_SECRET = 's'.repeat(32);

describe('readGatewaySettings', () => {
  it('has defaults for all but the key', () => {
    expect(readGatewaySettings({ JWT_SECRET })).toEqual({
      host: '127.0.0.1',
      port: 8080,
      logLevel: 'info',
      natsUrl: 'nats://127.0.0.1:4222',
      redisUrl: undefined,
      allowOrigins: [],
      firstByteMs: 1_000,
      maxConnections: 10_000,
      maxConnectionsPerPrincipal: 100,
      preDrainMs: 0,
      drainMs: 20_000,
      frontDoor: {
        trustedProxies: [],
        requestsPerAddress: 6_000,
        requestsPerPrincipal: 3_000,
        runsPerPrincipal: 600,
        maxUrlLength: 8_192,
        maxHeaderBytes: 16_384,
        maxBodyBytes: 1_048_576,
        headersTimeoutMs: 10_000,
        requestTimeoutMs: 30_000,
        tls: undefined,
        auditLog: 'stdout',
      },
      accessToken: {
        key: { algorithm: 'HS256', secret: JWT_SECRET },
        issuer: 'vana-stream',
        audience: 'vana-stream',
        maxLifetimeS: 604_800,
      },
      internalSecret: expect.stringMatching(/^[A-Za-z0-9_-]{43}$/),
      demoMode: false,
    });
  });

  it('reads a list of origins', () => {
    const { allowOrigins } = readGatewaySettings({
      JWT_SECRET,
      ALLOW_ORIGINS: 'https://app.example, http://localhost:5173',
    });
    expect(allowOrigins).toEqual(['https://app.example', 'http://localhost:5173']);
  });

  it.each(['*', 'app.example', 'https://app.example/', 'https://app.example/path', 'https://a.example,'])(
    'refuses %s as an origin',
    (ALLOW_ORIGINS) => {
      expect(() => readGatewaySettings({ JWT_SECRET, ALLOW_ORIGINS })).toThrow(
        expect.objectContaining({ details: { keys: [expect.objectContaining({ key: 'ALLOW_ORIGINS' })] } }),
      );
    },
  );

  it('names every bad key at once, the token’s too', () => {
    expect(() => readGatewaySettings({ PORT: 'x', JWT_SECRET: 'short', RELAY_FIRST_BYTE_TIMEOUT: '0' })).toThrow(
      expect.objectContaining({
        code: 'settings_invalid',
        details: {
          keys: [
            expect.objectContaining({ key: 'PORT' }),
            expect.objectContaining({ key: 'RELAY_FIRST_BYTE_TIMEOUT' }),
            expect.objectContaining({ key: 'JWT_SECRET' }),
          ],
        },
      }),
    );
  });
});
