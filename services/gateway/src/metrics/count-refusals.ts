// Counts error answers by their code, whichever part of the service gave them.
import { errorBodySchema } from '@vana/events';
import type { FastifyInstance } from 'fastify';
import type { GatewayMetrics } from './gateway-metrics.js';

/** Call before routes are registered. */
export function countRefusals(server: FastifyInstance, metrics: GatewayMetrics): void {
  server.addHook('preSerialization', (_request, reply, payload, done) => {
    if (reply.statusCode >= 400) {
      const refused = errorBodySchema.safeParse(payload);
      if (refused.success) metrics.refusals.inc({ code: refused.data.error.code });
    }
    done(null, payload);
  });
}
