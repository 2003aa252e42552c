// Blocks that the server writes between events. They are never stored and never deduplicated; their
// SSE id is the last position considered, so that a reader of one channel does not fall behind.
import { z } from 'zod';
import { CLOSE_REASONS, type CloseReason } from './close-reasons.js';
import { ERROR_CATEGORIES, ERROR_CODES, type ErrorCode } from './error-codes.js';
import { idSchema } from './ids.js';
import { positionSchema } from './position.js';
import { timestampSchema } from './timestamp.js';

const position = positionSchema;
const timestamp = timestampSchema;

/** Both ends are positions; the range is (from, to]: `to` was missed, `from` was not. */
export const rangeSchema = z.looseObject({ from: position, to: position });

export const RESET_REASONS = ['invalid_position', 'epoch_changed', 'position_unknown'] as const;
export const GAP_REASONS = ['retention', 'unreadable'] as const;
export type GapReason = (typeof GAP_REASONS)[number];
export const END_REASONS = ['deleted', 'expired'] as const;
export type EndReason = (typeof END_REASONS)[number];

/** What the first block says about the position that the client came with. */
export const resumeSchema = z.looseObject({
  /** fresh: came without one. resumed: goes on exactly there. partial: `omitted` is left out. reset: see `reason`. */
  verdict: z.enum(['fresh', 'resumed', 'partial', 'reset']),
  /** Replay starts after this position. */
  from: position,
  /** The session's last event when the reader came. */
  head: position,
  omitted: rangeSchema.optional(),
  reason: z.enum(RESET_REASONS).optional(),
});
export type Resume = z.infer<typeof resumeSchema>;

export const controlBlockSchemas = {
  agent_network_connection: z.looseObject({
    status: z.literal('connected'),
    sessionId: idSchema,
    connectionId: z.string(),
    authenticated: z.boolean(),
    resume: resumeSchema,
    timestamp,
  }),
  heartbeat: z.looseObject({ timestamp }),
  gap: z.looseObject({ from: position, to: position, reason: z.enum(GAP_REASONS) }),
  caught_up: z.looseObject({ timestamp }),
  /** `range`: of full-state kinds in it only the newest follow, each naming what it `supersedes`. */
  delivery: z.looseObject({ mode: z.enum(['exact', 'adaptive']), range: rangeSchema.optional() }),
  closing: z.looseObject({
    reason: z.enum(Object.keys(CLOSE_REASONS) as [CloseReason, ...CloseReason[]]),
    reconnect: z.boolean(),
  }),
  end: z.looseObject({ reason: z.enum(END_REASONS) }),
  /** Trouble with this connection's feed; the stored `error` event tells of trouble with a run. */
  error: z.looseObject({
    code: z.enum(Object.keys(ERROR_CODES) as [ErrorCode, ...ErrorCode[]]),
    category: z.enum(ERROR_CATEGORIES),
    message: z.string(),
    retryable: z.boolean(),
  }),
} as const;

export type ControlBlockType = keyof typeof controlBlockSchemas;

export type ControlBlock = {
  [T in ControlBlockType]: {
    readonly type: T;
    /** SSE id. */
    readonly position: string;
    readonly data: z.infer<(typeof controlBlockSchemas)[T]>;
  };
}[ControlBlockType];
