import { afterEach, describe, expect, it } from '@jest/globals';
import { InMemoryPresence } from '@vana/in-memory';
import { createLogger, createRegistry, type RunningService } from '@vana/observability';
import { createMonitoring, type MonitoringPorts } from './app.module.js';
import { readMonitoringSettings } from './settings.js';

describe('createMonitoring', () => {
  let service: RunningService | undefined;
  afterEach(() => service?.close());

  async function start(ports: Partial<MonitoringPorts> = {}) {
    const logger = createLogger('monitoring', 'silent');
    const registry = createRegistry('monitoring');
    const settings = readMonitoringSettings({ PORT: '0' });
    service = await createMonitoring({ presence: new InMemoryPresence(), logger, registry, ...ports }, settings);
    return service.url;
  }

  it('counts the broadcasters that are present, and forgets those that left', async () => {
    const presence = new InMemoryPresence();
    const pod = { url: 'http://127.0.0.1:1', maxConnections: 10 };
    await presence.announce(() => ({ ...pod, podId: 'a', connections: 3, draining: false }));
    const leave = await presence.announce(() => ({ ...pod, podId: 'b', connections: 7, draining: true }));
    const url = await start({ presence });
    const metrics = async () => (await fetch(`${url}/metrics`)).text();

    const both = await metrics();
    expect(both).toContain('vana_broadcasters_present{draining="false",service="monitoring"} 1');
    expect(both).toContain('vana_broadcasters_present{draining="true",service="monitoring"} 1');
    expect(both).toContain('vana_broadcaster_connections{pod="a",service="monitoring"} 3');
    expect(both).toContain('vana_broadcaster_connections{pod="b",service="monitoring"} 7');

    await leave();
    const one = await metrics();
    expect(one).toContain('vana_broadcasters_present{draining="true",service="monitoring"} 0');
    expect(one).toContain('vana_broadcaster_connections_limit{pod="a",service="monitoring"} 10');
    expect(one).not.toContain('pod="b"');
  });

  it('is ready when its bus is up, and says so when it is not', async () => {
    let nats: 'up' | 'down' = 'up';
    const url = await start({ ready: async () => ({ nats }) });
    expect((await fetch(`${url}/health/ready`)).status).toBe(200);
    nats = 'down';
    const answer = await fetch(`${url}/health/ready`);
    expect(answer.status).toBe(503);
    expect(await answer.json()).toEqual({ status: 'not_ready', checks: { nats: 'down' } });
  });

  it('names all bad settings at once', () => {
    expect(() => readMonitoringSettings({ PORT: 'many', LOG_LEVEL: 'loud' })).toThrow(
      expect.objectContaining({
        code: 'settings_invalid',
        details: {
          keys: [expect.objectContaining({ key: 'PORT' }), expect.objectContaining({ key: 'LOG_LEVEL' })],
        },
      }),
    );
  });
});
