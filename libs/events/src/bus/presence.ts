// What a broadcaster says about itself on `vana.presence.broadcaster`.
import { z } from 'zod';

export const broadcasterBeatSchema = z.looseObject({
  podId: z.string().min(1).max(128).describe('Unique per process start.'),
  url: z.url().describe('Base address reachable from gateways.'),
  connections: z.number().int().nonnegative(),
  maxConnections: z.number().int().nonnegative(),
  draining: z.boolean().describe('A draining pod gets no new reader.'),
});
