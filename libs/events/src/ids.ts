// Tenant, session and run ids go into bus subjects and store keys. `*`, `>` and `.` in one of them
// would subscribe to other people's sessions, so every door checks them with the same pattern.
import { z } from 'zod';

export const ID_PATTERN = /^[A-Za-z0-9_-]{1,64}$/;

/** Tenant of a token that names none. */
export const DEFAULT_TENANT = 'default';

export const idSchema = z.string().regex(ID_PATTERN, 'must match ^[A-Za-z0-9_-]{1,64}$');

export function isValidId(value: unknown): value is string {
  return typeof value === 'string' && ID_PATTERN.test(value);
}

/** A session id is unique within its tenant only: nothing is ever keyed by the session id alone. */
export interface SessionKey {
  readonly tenant: string;
  readonly sessionId: string;
}

/** Map key of a session inside one process: `<tenant>.<session>` (neither can contain a dot). */
export function sessionKeyString(key: SessionKey): string {
  return `${key.tenant}.${key.sessionId}`;
}
