// Demo mode: without a token, whoever holds a session's unguessable id may read and run that session, and
// nothing else. The principal is made of the id, so it owns what was started under it.
import { createHash } from 'node:crypto';
import { DEFAULT_TENANT, VanaError, isValidId, type Principal } from '@vana/events';
import { flag } from '@vana/settings';
import { z } from 'zod';
import type { Admission, AdmissionRequest } from './admission.js';
import { ANONYMOUS_PREFIX } from './claims.js';

export const DEMO_MODE_FIELDS = {
  /** No: requests without any token are let in as nobody, see docs/operations/authentication.md. */
  REQUIRE_SSE_AUTH: flag(true),
  /** Has to be said too where NODE_ENV is production. */
  ALLOW_ANONYMOUS_IN_PRODUCTION: flag(false),
  NODE_ENV: z.string().optional(),
};

/** Whether demo mode is on. @throws VanaError settings_invalid in production, unless it was said twice */
export function demoModeFrom(values: z.output<z.ZodObject<typeof DEMO_MODE_FIELDS>>): boolean {
  if (values.REQUIRE_SSE_AUTH) return false;
  if (values.NODE_ENV !== 'production' || values.ALLOW_ANONYMOUS_IN_PRODUCTION) return true;
  const problem = 'is no in production: set ALLOW_ANONYMOUS_IN_PRODUCTION=yes too if you mean it';
  throw new VanaError('settings_invalid', { details: { keys: [{ key: 'REQUIRE_SSE_AUTH', problem }] } });
}

const SCOPES: Principal['scopes'] = ['sessions:read', 'runs:start'];
const NEEDED_BITS = 128;
/** Of so many random characters at least this many differ, but for one case in millions. */
const LEAST_DIFFERENT = 8;

/** Whether an id can hold 128 random bits: a random UUID does, and so do 22 characters of base64url. */
export function isUnguessable(sessionId: string): boolean {
  // In ids of one case a dash is a separator; in base64url it is a digit.
  const plain = sessionId.replace(/[-_]/g, '');
  const bits = /[a-z]/.test(plain) && /[A-Z]/.test(plain) ? sessionId.length * 6 : plain.length * bitsOfOneCase(plain);
  return bits >= NEEDED_BITS && new Set(plain).size >= LEAST_DIFFERENT;
}

function bitsOfOneCase(text: string): number {
  if (/^[0-9]*$/.test(text)) return Math.log2(10);
  return /^[0-9a-f]*$/i.test(text) ? 4 : Math.log2(36);
}

/** Admits nobody to the session that the request names first. @param sessionIdsOf as the guard's */
export function anonymousAdmission(sessionIdsOf: (request: AdmissionRequest) => readonly string[]): Admission {
  return async (request) => {
    const [sessionId] = sessionIdsOf(request);
    if (sessionId === undefined) throw new VanaError('unauthenticated');
    if (!isValidId(sessionId)) throw new VanaError('invalid_session_id');
    if (!isUnguessable(sessionId)) throw new VanaError('weak_session_id');
    // The id itself is the key: it has no place in logs and records of owners.
    const id = ANONYMOUS_PREFIX + createHash('sha256').update(sessionId).digest('base64url').slice(0, 22);
    const principal = { id, tenant: DEFAULT_TENANT, scopes: SCOPES, anonymous: true };
    return { principal, credential: 'anonymous' };
  };
}
