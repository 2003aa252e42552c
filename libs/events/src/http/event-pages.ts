// Events as JSON: replay pages, long-polling, the agents' history. A block is what an SSE block holds.
import { z } from 'zod';
import { CLOSE_REASONS, type CloseReason } from '../close-reasons.js';
import { GAP_REASONS, RESET_REASONS } from '../control-blocks.js';
import { idSchema } from '../ids.js';
import { positionSchema } from '../position.js';

/** One block: `id:`, `event:` and `data:` of the stream, with the same values. */
export const blockBodySchema = z.object({
  /** Position. */
  id: positionSchema,
  /** Event type, or the name of a control block where these are included. */
  event: z.string(),
  data: z.record(z.string(), z.unknown()),
});
export type BlockBody = z.infer<typeof blockBodySchema>;

export const gapBodySchema = z.object({
  from: positionSchema,
  to: positionSchema,
  reason: z.enum(GAP_REASONS),
});

/** GET /api/sessions/{id}/events: stored events only, oldest first. */
export const eventPageBodySchema = z.object({
  session_id: idSchema,
  events: z.array(blockBodySchema),
  /** The next page's `after`. A page without events whose `next` is its `after` is the end for now. */
  next: positionSchema,
  /** The position asked for cannot be continued: the page starts anew. */
  reset: z.enum(RESET_REASONS).optional(),
  /** Events that are no longer retained, missing before this page's first one. */
  gap: gapBodySchema.optional(),
});
export type EventPageBody = z.infer<typeof eventPageBodySchema>;

/** GET /api/poll/{session_id}: what the stream would have sent, control blocks included. */
export const pollAnswerSchema = z.object({
  session_id: idSchema,
  events: z.array(blockBodySchema),
  /** The next request's `cursor`. */
  cursor: positionSchema,
  /** Replay is over; the next request waits for live events. */
  caught_up: z.boolean(),
  /** The server ends this channel, as a `closing` block does on a stream. */
  closing: z
    .object({
      reason: z.enum(Object.keys(CLOSE_REASONS) as [CloseReason, ...CloseReason[]]),
      reconnect: z.boolean(),
    })
    .optional(),
});
export type PollAnswer = z.infer<typeof pollAnswerSchema>;

/** GET /agent_network_history: recent agent events of the caller's own sessions, oldest first. */
export const agentHistoryBodySchema = z.object({
  /** `data.sessionId` tells the session of each. */
  events: z.array(blockBodySchema),
});
export type AgentHistoryBody = z.infer<typeof agentHistoryBodySchema>;
