// Ends the open connections that a revocation covers, as soon as this pod hears of it.
import type { RevocationStore } from '@vana/run-state';
import type { OpenConnections } from '../connections/open-connections.js';

/** Returns the stop function. */
export function cutRevoked(connections: OpenConnections, revocations: RevocationStore): () => void {
  return revocations.onRevoked(() => {
    connections.closeWhere('revoked', ({ principal, session }) => revocations.covers(principal, session.sessionId));
  });
}
