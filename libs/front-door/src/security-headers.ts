// Headers of every answer. Set on the raw response: streams take the reply over from Fastify. A page that
// needs more says so with a policy of its own.
import type { FastifyInstance } from 'fastify';

/** Nothing that these answers are may be shown, framed or loaded by a page of somebody else. */
const POLICY = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'";
const A_YEAR_S = 31_536_000;

/** Call before routes are registered. */
export function setSecurityHeaders(server: FastifyInstance): void {
  server.addHook('onRequest', (request, { raw }, done) => {
    raw.setHeader('content-security-policy', POLICY);
    raw.setHeader('x-content-type-options', 'nosniff');
    raw.setHeader('x-frame-options', 'DENY');
    raw.setHeader('referrer-policy', 'no-referrer');
    raw.setHeader('cross-origin-resource-policy', 'same-origin');
    if (request.protocol === 'https') raw.setHeader('strict-transport-security', `max-age=${A_YEAR_S}`);
    raw.setHeader('x-request-id', request.id);
    done();
  });
}
