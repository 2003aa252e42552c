// What is looked at before anything of a request is believed or read: its URL's length and its address.
import { VanaError } from '@vana/events';
import type { FastifyInstance } from 'fastify';
import type { FrontDoorSettings } from '../settings.js';
import { addressKey } from './address-key.js';
import type { LimitStorage } from './limit-storage.js';

const WINDOW_MS = 60_000;
/** Orchestrators and Prometheus ask from one address. */
const NOT_COUNTED: ReadonlySet<string> = new Set(['/health/live', '/health/ready', '/metrics']);

/** Call before routes are registered. */
export function limitRequests(
  server: FastifyInstance,
  { maxUrlLength, requestsPerAddress }: FrontDoorSettings,
  storage: LimitStorage,
): void {
  // After all `onRequest` hooks, so that a refusal carries their headers (CORS), and before the body is read.
  server.addHook('preParsing', async (request) => {
    // A request line that ends before its version: what follows was meant to be part of the URL.
    if (request.raw.httpVersionMajor < 1) throw new VanaError('malformed_request');
    if (request.url.length > maxUrlLength) throw new VanaError('url_too_long');
    if (requestsPerAddress === 0 || NOT_COUNTED.has(request.routeOptions.url ?? '')) return;
    const key = `address:${addressKey(request.ip)}`;
    const { isBlocked, timeToBlockExpire } = await storage.increment(key, WINDOW_MS, requestsPerAddress);
    if (isBlocked) throw new VanaError('rate_limited', { details: { retryAfterS: timeToBlockExpire } });
  });
}
