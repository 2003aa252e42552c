// A session as callers see it.
import type { Principal, SessionBody } from '@vana/events';
import type { SessionRecord } from '@vana/run-state';

export function sessionBody(session: SessionRecord, principal: Principal): SessionBody {
  return {
    session_id: session.sessionId,
    title: session.title,
    owner: session.owner,
    // With whom a session is shared is the owner's business.
    ...(session.owner === principal.id ? { readers: [...session.readers] } : {}),
    ...(session.activeRunId === undefined ? {} : { active_run_id: session.activeRunId }),
    created_at: new Date(session.createdAtMs).toISOString(),
    updated_at: new Date(session.updatedAtMs).toISOString(),
  };
}
