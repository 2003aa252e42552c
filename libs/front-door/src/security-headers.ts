// Headers of every answer. Set on the raw response: streams take the reply over from Fastify.
import { createHash } from 'node:crypto';
import type { FastifyInstance } from 'fastify';

/** Nothing that these answers are may be shown, framed or loaded by a page of somebody else. */
const API_POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const A_YEAR_S = 31_536_000;

export interface PagePolicy {
  /** Route patterns of HTML pages, and what each may load; e.g. `style-src 'self'`. */
  readonly [route: string]: string;
}

/** `'sha256-…'` of an inline style or script, for a content security policy. */
export function inlineHash(text: string): string {
  return `'sha256-${createHash('sha256').update(text).digest('base64')}'`;
}

/** Call before routes are registered. */
export function setSecurityHeaders(server: FastifyInstance, pages: PagePolicy = {}): void {
  server.addHook('onRequest', (request, reply, done) => {
    const page = pages[request.routeOptions.url ?? ''];
    const { raw } = reply;
    raw.setHeader('content-security-policy', page === undefined ? API_POLICY : `${API_POLICY}; ${page}`);
    raw.setHeader('x-content-type-options', 'nosniff');
    raw.setHeader('x-frame-options', 'DENY');
    raw.setHeader('referrer-policy', 'no-referrer');
    raw.setHeader('cross-origin-resource-policy', 'same-origin');
    if (request.protocol === 'https') raw.setHeader('strict-transport-security', `max-age=${A_YEAR_S}`);
    raw.setHeader('x-request-id', request.id);
    done();
  });
}
