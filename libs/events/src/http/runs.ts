// GET and DELETE /api/runs/{run_id}: where a run stands; asking it to stop.
import { z } from 'zod';
import { idSchema } from '../ids.js';
import { timestampSchema } from '../timestamp.js';

/** `queued` and `running` go on; the other four are final. */
export const RUN_STATES = ['queued', 'running', 'completed', 'partial', 'cancelled', 'failed'] as const;

export const runBodySchema = z.object({
  run_id: idSchema,
  session_id: idSchema,
  status: z.enum(RUN_STATES),
  query: z.string(),
  /** A cancel was asked for and the run has not ended yet. */
  cancel_requested: z.boolean(),
  created_at: timestampSchema,
  started_at: timestampSchema.optional(),
  ended_at: timestampSchema.optional(),
  /** Why it did not end `completed`. */
  reason: z.string().optional(),
});
export type RunBody = z.infer<typeof runBodySchema>;
