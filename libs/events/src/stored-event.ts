// The event as it is stored in the bus stream. The position is not part of it: the bus gives that.
import { z } from 'zod';
import { idSchema } from './ids.js';
import { timestampSchema } from './timestamp.js';

export const CHANNELS = ['agents', 'research', 'chat'] as const;
export const channelSchema = z.enum(CHANNELS);
export type Channel = z.infer<typeof channelSchema>;

export const SCHEMA_VERSION = 1;
/** Publishers refuse an encoded event above this size before anything is sent. */
export const MAX_EVENT_BYTES = 256 * 1024;

const jsonObjectSchema = z.record(z.string(), z.unknown());

/** Readers keep unknown fields (`looseObject`): versions N and N+1 of all services run together. */
export const storedEventSchema = z.looseObject({
  schemaVersion: z.number().int().positive(),
  type: z.string().min(1).max(128),
  channel: channelSchema,
  sessionId: idSchema,
  runId: idSchema.optional(),
  agentId: z.string().max(128).optional(),
  parentAgentId: z.string().max(128).optional(),
  data: jsonObjectSchema,
  /** The publisher's dedupe id, unique in the session. */
  id: z.string().min(1).max(256),
  /** Reconnect hint in milliseconds. */
  retry: z.number().int().positive().optional(),
  /** Seconds after which replay passes the event over; counted from the stored time. */
  ttl: z.number().positive().optional(),
  /** Publisher's clock, ISO 8601 UTC. Information only: nothing is ordered or expired by it. */
  createdAt: timestampSchema,
  traceparent: z.string().max(64).optional(),
});

export type StoredEvent = z.infer<typeof storedEventSchema>;
