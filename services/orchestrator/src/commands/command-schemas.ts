// What a command that comes over the bus has to look like. Unknown fields are dropped: the sender may be newer.
import {
  DEFAULT_TENANT,
  MAX_BATCH_EVENTS,
  MAX_TITLE_CHARACTERS,
  SCOPES,
  VanaError,
  idSchema,
  parseBody,
  producerSchema,
} from '@vana/events';
import { z } from 'zod';

const MAX_SESSIONS_LISTED = 200;

/** Scopes that this version does not know are left out rather than refused. */
const scopesSchema = z
  .array(z.string())
  .transform((scopes) => SCOPES.filter((scope) => scopes.includes(scope)))
  .default([]);

const principalSchema = z
  .object({
    id: z.string().min(1).max(256),
    tenant: idSchema.default(DEFAULT_TENANT),
    scopes: scopesSchema,
    expiresAtMs: z.number().exactOptional(),
    tokenId: z.string().exactOptional(),
    issuedAtMs: z.number().exactOptional(),
    anonymous: z.boolean().exactOptional(),
  })
  .readonly();

const principal = principalSchema;
// Ids and the question are checked by the commands, which have an error of their own for each.
const sessionId = z.string();
const runId = z.string();

export const startRunSchema = z.object({
  principal,
  sessionId,
  query: z.string(),
  idempotencyKey: z.string().min(1).max(256).exactOptional(),
  onActive: z.enum(['refuse', 'cancel']).exactOptional(),
});
export const runSchema = z.object({ principal, runId });
export const createSessionSchema = z.object({
  principal,
  sessionId: sessionId.exactOptional(),
  title: z.string().max(200).exactOptional(),
});
export const sessionSchema = z.object({ principal, sessionId });
export const readerSchema = z.object({ principal, sessionId, reader: z.string() });
export const renameSessionSchema = z.object({ principal, sessionId, title: z.string().max(MAX_TITLE_CHARACTERS) });
export const listSessionsSchema = z.object({
  principal,
  limit: z.number().int().min(1).max(MAX_SESSIONS_LISTED),
  after: z.object({ createdAtMs: z.number(), sessionId }).exactOptional(),
});

const messageId = z.string().min(1).max(128);
const idempotencyKey = z.string().min(1).max(256).exactOptional();
const content = z.string();
export const postMessageSchema = z.object({ principal, sessionId, content, respond: z.boolean(), idempotencyKey });
export const messageSchema = z.object({ principal, sessionId, messageId });
export const regenerateSchema = messageSchema.extend({ idempotencyKey });
export const editMessageSchema = messageSchema.extend({ content });
export const feedbackSchema = messageSchema.extend({
  type: z.enum(['upvote', 'downvote']),
  reason: z.string().max(2_000).exactOptional(),
});

/** The events are looked at one by one by the command. */
export const publishEventsSchema = z.object({
  principal,
  sessionId,
  producer: producerSchema.exactOptional(),
  events: z.array(z.unknown()).min(1).max(MAX_BATCH_EVENTS),
});
export const startOutsideRunSchema = z.object({ principal, sessionId, query: z.string(), idempotencyKey });
export const finishRunSchema = z.object({
  principal,
  runId,
  status: z.enum(['completed', 'partial', 'failed']),
  finalReport: z.string(),
  reason: z.string().max(512).exactOptional(),
});

/** @throws VanaError invalid_body, naming the fields */
export function parseCommand<S extends z.ZodType>(schema: S, payload: unknown): z.output<S> {
  if (payload === undefined) throw new VanaError('invalid_body');
  return parseBody(schema, payload);
}
