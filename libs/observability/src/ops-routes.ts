// /health/live, /health/ready, /metrics and /docs of every service. Plain Fastify routes, not Nest controllers:
// the guards that protect the API do not apply to them.
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { FastifyInstance } from 'fastify';
import type { Registry } from 'prom-client';
import { DOCS_POLICY, docsPage, type OpenApiDocument } from './docs-page.js';
import { measureRequests } from './http-metrics.js';
import { cutVanishedPeers } from './vanished-peers.js';

export type ReadyChecks = Record<string, 'up' | 'down'>;

export interface OpsOptions {
  readonly registry: Registry;
  /** What the service needs, and whether it is there. Asked at every look; no answer within 2 s counts as down. */
  readonly ready: () => Promise<ReadyChecks>;
  /** The service's OpenAPI document, shown at /docs and served at /docs/openapi.json. */
  readonly openapi?: object;
}

const READY_DEADLINE_MS = 2_000;
/** A service without routes of its own still answers /docs. */
const NO_DOCUMENT: OpenApiDocument = {
  openapi: '3.1.0',
  info: { title: 'Operations routes only', version: '1' },
  paths: {},
};

/** Call before the application listens. */
export function registerOps(app: NestFastifyApplication, { registry, ready, openapi = NO_DOCUMENT }: OpsOptions): void {
  const server: FastifyInstance = app.getHttpAdapter().getInstance();
  measureRequests(server, registry);
  cutVanishedPeers(server, registry);
  server.get('/health/live', (_request, reply) => reply.header('Cache-Control', 'no-store').send({ status: 'live' }));
  server.get('/health/ready', async (_request, reply) => {
    const checks = await withDeadline(ready);
    const ok = Object.values(checks).every((state) => state === 'up');
    return reply
      .status(ok ? 200 : 503)
      .header('Cache-Control', 'no-store')
      .send({ status: ok ? 'ready' : 'not_ready', checks });
  });
  server.get('/metrics', async (_request, reply) => {
    const text = await registry.metrics();
    return reply.header('Content-Type', registry.contentType).send(text);
  });
  server.get('/docs', (_request, reply) =>
    reply.type('text/html; charset=utf-8').header('Content-Security-Policy', DOCS_POLICY).send(docsPage(openapi)),
  );
  server.get('/docs/openapi.json', (_request, reply) => reply.send(openapi));
}

async function withDeadline(ready: () => Promise<ReadyChecks>): Promise<ReadyChecks> {
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<ReadyChecks>((resolve) => {
    timer = setTimeout(() => {
      resolve({ checks: 'down' });
    }, READY_DEADLINE_MS);
    timer.unref();
  });
  try {
    return await Promise.race([ready(), deadline]);
  } catch {
    return { checks: 'down' };
  } finally {
    clearTimeout(timer);
  }
}
