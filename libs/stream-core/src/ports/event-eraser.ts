// Port: taking a session's events away for good. Adapters: JetStream, in-memory; a history is erased besides.
import type { SessionKey } from '@vana/events';

export interface EventEraser {
  /** Nothing of the session can be read any more. Idempotent. @throws VanaError bus_unavailable */
  erase(session: SessionKey): Promise<void>;
}
