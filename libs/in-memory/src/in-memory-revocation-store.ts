// Revocations of the embedded set-up: they end with the process, as its tokens do.
import type { Principal } from '@vana/events';
import { RevocationList, type Revocation, type RevocationStore } from '@vana/run-state';
import { ChangeListeners } from './change-listeners.js';

export class InMemoryRevocationStore implements RevocationStore {
  readonly #list = new RevocationList();
  readonly #listeners: ChangeListeners<Revocation>;

  constructor(options: { onListenerError?: (error: unknown) => void } = {}) {
    this.#listeners = new ChangeListeners(options.onListenerError);
  }

  async revoke(revocation: Revocation): Promise<void> {
    this.#list.add(revocation, revocation.revokedAtMs);
    this.#listeners.tell(revocation);
  }

  covers(principal: Principal, sessionId?: string): boolean {
    return this.#list.covers(principal, sessionId);
  }

  onRevoked(listener: (revocation: Revocation) => void): () => void {
    return this.#listeners.add(listener);
  }
}
