// POST /api/events/{session_id} and the runs that agents outside own.
import { z } from 'zod';
import { idSchema } from '../ids.js';
import { positionSchema } from '../position.js';
import { channelSchema } from '../stored-event.js';
import { questionSchema } from './fields.js';

/** Events of one request. */
export const MAX_BATCH_EVENTS = 1_000;

const agentName = z.string().min(1).max(128);

/** One event: the body, or one line of it as NDJSON. */
export const outsideEventSchema = z.strictObject({
  /** A known type that is not the platform's own to tell, or `x.<vendor>.<name>`. */
  type: z.string().min(1).max(128),
  /** Default: the channel of a known type; `agents` for others. */
  channel: channelSchema.optional(),
  /** The publisher's own id: the same id is stored once (within two minutes). Give it, or `seq` with a producer. */
  id: z
    .string()
    .regex(/^[\x21-\x7e]{1,100}$/, 'must have 1 to 100 visible ASCII characters')
    .optional(),
  /** Number of the event among those of its producer. */
  seq: z.number().int().nonnegative().optional(),
  /** A run that the caller owns and has not finished. */
  run_id: idSchema.optional(),
  agent_id: agentName.optional(),
  parent_agent_id: agentName.optional(),
  data: z.record(z.string(), z.unknown()),
  /** Seconds after which replay passes the event over. */
  ttl: z.number().positive().optional(),
});
export type OutsideEvent = z.infer<typeof outsideEventSchema>;

export const producerSchema = z.string().regex(/^[A-Za-z0-9_-]{1,40}$/, 'must match ^[A-Za-z0-9_-]{1,40}$');

/** Everything of the request is stored. */
export const publishedBodySchema = z.object({
  session_id: idSchema,
  /** One per event, in their order. */
  positions: z.array(positionSchema),
  /** How many of them had been stored before. */
  duplicates: z.number().int().nonnegative(),
});
export type PublishedBody = z.infer<typeof publishedBodySchema>;

export const startOutsideRunBodySchema = z.object({
  session_id: idSchema,
  /** What the run is about; told in `research_started`. */
  query: questionSchema,
});
export type StartOutsideRunBody = z.infer<typeof startOutsideRunBodySchema>;

export const finishRunBodySchema = z.object({
  status: z.enum(['completed', 'partial', 'failed']).default('completed'),
  final_report: z.string().default(''),
  reason: z.string().max(512).optional(),
});
export type FinishRunBody = z.input<typeof finishRunBodySchema>;
