// What a broadcaster says on `vana.presence.broadcaster`: a beat every second, a good-bye at the end.
import { z } from 'zod';

export const broadcasterBeatSchema = z.looseObject({
  podId: z.string().min(1).max(128).describe('Unique per process start.'),
  url: z.url().describe('Base address reachable from gateways.'),
  connections: z.number().int().nonnegative(),
  maxConnections: z.number().int().nonnegative(),
  draining: z.boolean().describe('A draining pod gets no new reader.'),
});

export const presenceMessageSchema = z.union([
  z.looseObject({ beat: broadcasterBeatSchema }),
  z.looseObject({ left: z.string().describe('Pod id of a broadcaster that has left.') }),
]);
