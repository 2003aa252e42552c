// Port: revocations, kept until nothing that they cover can live any more. Adapters: JetStream KV, in-memory.
import type { Principal } from '@vana/events';
import type { Revocation } from '../revocation.js';

export interface RevocationStore {
  /**
   * Stores a revocation: it survives restarts. In force here when this resolves, elsewhere within moments.
   * @throws VanaError store_unavailable
   */
  revoke(revocation: Revocation): Promise<void>;

  /**
   * Whether a revocation that this process knows of covers the principal's token, or the session for it.
   * Answered from memory: it is asked for every request. All revocations stored before the store was opened are known.
   */
  covers(principal: Principal, sessionId?: string): boolean;

  /** Tells of every revocation by any pod, own ones included. Returns the stop function. */
  onRevoked(listener: (revocation: Revocation) => void): () => void;
}
