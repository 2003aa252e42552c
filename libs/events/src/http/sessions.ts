// /api/sessions: the caller's sessions.
import { z } from 'zod';
import { idSchema } from '../ids.js';
import { timestampSchema } from '../timestamp.js';
import { titleSchema } from './fields.js';

/** Both may be left out: the service then makes up an id and leaves the title empty. */
export const createSessionBodySchema = z.object({
  session_id: idSchema.optional(),
  title: titleSchema.optional(),
});
export type CreateSessionBody = z.infer<typeof createSessionBodySchema>;

export const sessionBodySchema = z.object({
  session_id: idSchema,
  title: z.string(),
  /** Principal id of the creator. */
  owner: z.string(),
  /** Principals that may read besides the owner; told to the owner only. */
  readers: z.array(z.string()).optional(),
  active_run_id: idSchema.optional(),
  created_at: timestampSchema,
  updated_at: timestampSchema,
});
export type SessionBody = z.infer<typeof sessionBodySchema>;

/** Newest first. `next` is the `cursor` of the page after this one; absent on the last. */
export const sessionListBodySchema = z.object({ sessions: z.array(sessionBodySchema), next: z.string().optional() });
export type SessionListBody = z.infer<typeof sessionListBodySchema>;

const limitUpTo = (most: number, fallback: number) =>
  z
    .string()
    .regex(/^[0-9]{1,9}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.number().min(1).max(most))
    .default(fallback);

/** Where a page of sessions begins: after the session with this creation time and id. */
const sessionCursor = z
  .string()
  .regex(/^[0-9]{1,15}\.[A-Za-z0-9_-]{1,64}$/, 'must be the `next` of an earlier page')
  .transform((text) => {
    const [createdAtMs, sessionId] = text.split('.');
    return { createdAtMs: Number(createdAtMs), sessionId: sessionId! };
  });

/** `?limit=` of GET /api/sessions: 1..200, default 50; `?cursor=`: the `next` of the page before. */
export const sessionListQuerySchema = z.object({ limit: limitUpTo(200, 50), cursor: sessionCursor.optional() });

/** PUT /api/sessions/{id}: a new title. */
export const renameSessionBodySchema = z.object({ title: titleSchema.trim() });
/** `?limit=` of GET /agent_network_history: 1..500, default 50. */
export const agentHistoryQuerySchema = z.object({ limit: limitUpTo(500, 50) });
