import { Module } from '@nestjs/common';
import { afterEach, describe, expect, it } from '@jest/globals';
import { createLogger } from './logger.js';
import { registerOps, type OpsOptions } from './ops-routes.js';
import { createRegistry } from './registry.js';
import { createServiceApp } from './service-app.js';

@Module({})
class EmptyModule {}

describe('registerOps', () => {
  const open: { close(): Promise<void> }[] = [];
  afterEach(async () => {
    for (const app of open.splice(0)) await app.close();
  });

  async function probe(options: Partial<OpsOptions> = {}) {
    const app = await createServiceApp(EmptyModule, { logger: createLogger('probe', 'silent') });
    open.push(app);
    registerOps(app, { registry: createRegistry('probe'), ready: async () => ({ nats: 'up' }), ...options });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    return (url: string) => app.inject({ method: 'GET', url });
  }

  it('is live and ready while everything it needs is up', async () => {
    const get = await probe();
    expect((await get('/health/live')).json()).toEqual({ status: 'live' });
    const ready = await get('/health/ready');
    expect(ready.statusCode).toBe(200);
    expect(ready.json()).toEqual({ status: 'ready', checks: { nats: 'up' } });
  });

  it('says which part is down', async () => {
    const get = await probe({ ready: async () => ({ nats: 'up', redis: 'down' }) });
    const ready = await get('/health/ready');
    expect(ready.statusCode).toBe(503);
    expect(ready.json()).toEqual({ status: 'not_ready', checks: { nats: 'up', redis: 'down' } });
    expect((await get('/health/live')).statusCode).toBe(200);
  });

  it('is not ready when the check itself fails', async () => {
    const get = await probe({ ready: () => Promise.reject(new Error('unreachable host')) });
    const ready = await get('/health/ready');
    expect(ready.statusCode).toBe(503);
    expect(ready.body).not.toContain('unreachable host');
  });

  it('serves metrics with the service as a label, and counts requests by route pattern', async () => {
    const get = await probe();
    await get('/health/live');
    const metrics = await get('/metrics');
    expect(metrics.headers['content-type']).toContain('text/plain');
    expect(metrics.body).toMatch(/process_cpu_seconds_total\{[^}]*service="probe"/);
    expect(metrics.body).toMatch(/vana_http_request_seconds_count\{[^}]*route="\/health\/live"[^}]*\} 1/);
  });

  it('shows the routes of the OpenAPI document, as text and not as markup', async () => {
    const openapi = {
      openapi: '3.1.0',
      info: { title: 'Probe <b>', version: '1' },
      paths: { '/api/x': { get: { summary: 'Reads "x"' } } },
    };
    const get = await probe({ openapi });
    const page = await get('/docs');
    expect(page.headers['content-type']).toBe('text/html; charset=utf-8');
    expect(page.body).toContain('<code>GET</code></td><td><code>/api/x</code>');
    expect(page.body).not.toContain('<b>');
    expect((await get('/docs/openapi.json')).json()).toEqual(openapi);
  });
});
