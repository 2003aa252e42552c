import { describe, expect, it } from '@jest/globals';
import { readBroadcasterSettings } from './settings.js';

const JWT_SECRET = 'a secret of at least thirty-two bytes';

describe('readBroadcasterSettings', () => {
  it('has the documented defaults', () => {
    expect(readBroadcasterSettings({ JWT_SECRET })).toMatchObject({
      host: '127.0.0.1',
      port: 8082,
      advertiseUrl: undefined,
      redisUrl: undefined,
      maxQueueSize: 1_000,
      maxHistoryPerSession: 500,
      eventTtlMs: 300_000,
      sessionTtlMs: 1_800_000,
      cleanupIntervalMs: 60_000,
      heartbeatMs: 30_000,
      maxConnections: 10_000,
      maxConnectionsPerPrincipal: 100,
      preDrainMs: 0,
      drainMs: 20_000,
      resumesPerSecond: 500,
      resumeBurst: 1_000,
    });
  });

  it('takes the environment, durations in seconds', () => {
    const env = {
      JWT_SECRET,
      PORT: '0',
      ADVERTISE_URL: 'http://10.0.0.7:8082',
      SSE_HEARTBEAT_INTERVAL: '0.5',
      SSE_DRAIN_TIME: '0',
    };
    expect(readBroadcasterSettings(env)).toMatchObject({
      port: 0,
      advertiseUrl: 'http://10.0.0.7:8082',
      heartbeatMs: 500,
      drainMs: 0,
    });
  });

  it('names all bad keys and no value', () => {
    const env = { JWT_SECRET, PORT: '80820', ADVERTISE_URL: 'ftp://secret.example', SSE_EVENT_TTL: 'long' };
    let thrown: unknown;
    try {
      readBroadcasterSettings(env);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toMatchObject({ code: 'settings_invalid' });
    const { keys } = (thrown as { details: { keys: { key: string }[] } }).details;
    expect(keys.map(({ key }) => key).sort()).toEqual(['ADVERTISE_URL', 'PORT', 'SSE_EVENT_TTL']);
    expect(JSON.stringify(keys)).not.toContain('secret.example');
  });
});
