// May this principal read this session? Asked before anything is relayed; the broadcaster asks again.
// Unknown and foreign sessions are answered alike, so that ids cannot be tried out.
import { VanaError, isValidId, type Principal, type SessionKey } from '@vana/events';
import { mayRead, type SessionRecord, type SessionStore } from '@vana/run-state';

/** @throws VanaError invalid_session_id */
export function sessionKeyOf(principal: Principal, sessionId: unknown): SessionKey {
  if (!isValidId(sessionId)) throw new VanaError('invalid_session_id');
  return { tenant: principal.tenant, sessionId };
}

/**
 * `deleted` is told only to those who could read the session. What lets the caller in may come from a cache,
 * what does not is asked again at the truth: a share of a moment ago must not be denied.
 * @throws VanaError session_not_found (unknown or foreign) | store_unavailable
 */
export async function readableSession(
  sessions: Pick<SessionStore, 'get'>,
  key: SessionKey,
  principal: Principal,
): Promise<'open' | 'deleted'> {
  const known = await sessions.get(key);
  if (known !== undefined && isOpenTo(known, principal)) return 'open';
  const record = await sessions.get(key, { fresh: true });
  if (record === undefined || !mayRead(record, principal)) throw new VanaError('session_not_found');
  return isOpenTo(record, principal) ? 'open' : 'deleted';
}

function isOpenTo(record: SessionRecord, principal: Principal): boolean {
  return record.deletedAtMs === undefined && mayRead(record, principal);
}
