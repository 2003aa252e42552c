// Ids of runs. With an idempotency key the id is computed, so that every pod finds the same run by it.
import { createHash, randomUUID } from 'node:crypto';
import type { Principal } from '@vana/events';

export function newRunId(): string {
  return randomUUID();
}

/** The key belongs to one principal and one session: nobody can reach another's run by guessing its key. */
export function runIdOfKey(principal: Principal, sessionId: string, idempotencyKey: string): string {
  const parts = JSON.stringify([principal.tenant, principal.id, sessionId, idempotencyKey]);
  return `k${createHash('sha256').update(parts).digest('hex').slice(0, 40)}`;
}
