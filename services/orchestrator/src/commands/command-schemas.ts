// What a command that comes over the bus has to look like. Unknown fields are dropped: the sender may be newer.
import { DEFAULT_TENANT, SCOPES, VanaError, idSchema, parseBody } from '@vana/events';
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
export const listSessionsSchema = z.object({ principal, limit: z.number().int().min(1).max(MAX_SESSIONS_LISTED) });

/** @throws VanaError invalid_body, naming the fields */
export function parseCommand<S extends z.ZodType>(schema: S, payload: unknown): z.output<S> {
  if (payload === undefined) throw new VanaError('invalid_body');
  return parseBody(schema, payload);
}
