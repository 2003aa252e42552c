// A session: who owns it, who may read it, which run is active. Ownership is fixed at creation.
import type { Principal, SessionKey } from '@vana/events';

export interface SessionRecord extends SessionKey {
  /** Principal id of the creator. */
  readonly owner: string;
  /** Principal ids that may read besides the owner. */
  readonly readers: readonly string[];
  readonly title: string;
  /** The run that holds the session now; at most one. */
  readonly activeRunId?: string;
  /** Milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly updatedAtMs: number;
  /** Set on a tombstone: the id is never used again. */
  readonly deletedAtMs?: number;
}

export function mayRead(session: SessionRecord, principal: Principal): boolean {
  if (session.tenant !== principal.tenant) return false;
  return session.owner === principal.id || session.readers.includes(principal.id);
}

export function mayWrite(session: SessionRecord, principal: Principal): boolean {
  return session.tenant === principal.tenant && session.owner === principal.id;
}
