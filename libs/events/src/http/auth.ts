// /auth: the browser's session cookie, revocations; and the fresh token of a live connection.
import { z } from 'zod';
import { idSchema } from '../ids.js';
import { SCOPES, principalIdSchema } from '../principal.js';
import { timestampSchema } from '../timestamp.js';

/** Answer of POST /auth/session; the cookie itself is out of a page's reach. */
export const browserSessionBodySchema = z.object({
  principal: z.string(),
  tenant: idSchema,
  scopes: z.array(z.enum(SCOPES)),
  expires_at: timestampSchema,
  /** From here on less than a quarter of the token's life is left: come with a fresh one. */
  renew_at: timestampSchema,
  /** To be sent as X-CSRF-Token with every write; also in the cookie `vana_csrf`. */
  csrf_token: z.string(),
});
export type BrowserSessionBody = z.infer<typeof browserSessionBodySchema>;

/** Exactly one of the three; each within the caller's tenant. */
export const revokeBodySchema = z.union([
  /** The token's `jti`. */
  z.strictObject({ token_id: z.string().min(1).max(256) }),
  /** Every token of the principal that was issued up to now. */
  z.strictObject({ principal: principalIdSchema }),
  /** The session, for every token that was issued up to now. */
  z.strictObject({ session_id: idSchema }),
]);
export type RevokeBody = z.infer<typeof revokeBodySchema>;

export const revocationBodySchema = z.object({
  kind: z.enum(['token', 'principal', 'session']),
  id: z.string(),
  revoked_at: timestampSchema,
  /** No token that it covers lives longer. */
  expires_at: timestampSchema,
});
export type RevocationBody = z.infer<typeof revocationBodySchema>;

/** Answer of POST /api/stream/{connection_id}/token. */
export const connectionTokenBodySchema = z.object({
  connection_id: idSchema,
  /** When the stream will be closed unless another fresh token comes. */
  expires_at: timestampSchema,
});
export type ConnectionTokenBody = z.infer<typeof connectionTokenBodySchema>;
