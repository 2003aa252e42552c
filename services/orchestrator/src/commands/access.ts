// Who may see and change what. Unknown and foreign are answered alike; that a session was deleted is told only to
// those who could read it.
import { VanaError, isValidId, type Principal } from '@vana/events';
import { mayRead, mayWrite, type SessionRecord, type SessionStore } from '@vana/run-state';

/** @throws VanaError invalid_session_id */
export function requireSessionId(sessionId: string): void {
  if (!isValidId(sessionId)) throw new VanaError('invalid_session_id');
}

/** @throws VanaError invalid_session_id | session_not_found | session_gone | store_unavailable */
export async function sessionToRead(
  sessions: SessionStore,
  principal: Principal,
  sessionId: string,
): Promise<SessionRecord> {
  return granted(await load(sessions, principal, sessionId), principal, mayRead);
}

/** As sessionToRead, for the owner only. */
export async function sessionToWrite(
  sessions: SessionStore,
  principal: Principal,
  sessionId: string,
): Promise<SessionRecord> {
  return granted(await load(sessions, principal, sessionId), principal, mayWrite);
}

/** @throws VanaError session_not_found | session_gone */
export function granted(
  session: SessionRecord | undefined,
  principal: Principal,
  may: (session: SessionRecord, principal: Principal) => boolean,
): SessionRecord {
  if (session === undefined || !may(session, principal)) throw new VanaError('session_not_found');
  if (session.deletedAtMs !== undefined) throw new VanaError('session_gone');
  return session;
}

function load(sessions: SessionStore, principal: Principal, sessionId: string): Promise<SessionRecord | undefined> {
  requireSessionId(sessionId);
  return sessions.get({ tenant: principal.tenant, sessionId });
}
