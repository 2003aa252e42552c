// Who asks. Made from a verified token and passed to every check of ownership.
import { z } from 'zod';

export const SCOPES = [
  'sessions:read',
  'sessions:write',
  'runs:start',
  'events:publish',
  'monitoring:read',
  'admin',
] as const;
export type Scope = (typeof SCOPES)[number];

/** Principal ids end up in bus headers and logs: no control characters. */
export const principalIdSchema = z.string().regex(/^\P{Cc}{1,128}$/u, 'must have 1 to 128 characters, none of control');

export function isPrincipalId(value: unknown): value is string {
  return principalIdSchema.safeParse(value).success;
}

export interface Principal {
  /** The token's `sub`. */
  readonly id: string;
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The token's expiry, milliseconds since 1970; absent in demo mode only. */
  readonly expiresAtMs?: number;
  /** The token's `jti` and `iat`, where it has them: what a revocation is compared with. */
  readonly tokenId?: string;
  readonly issuedAtMs?: number;
  /** Demo mode: nobody has signed in, the session's unguessable id is all there is. */
  readonly anonymous?: boolean;
}
