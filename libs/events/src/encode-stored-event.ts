// The bytes of an event as every publisher puts them into the bus, once the event is known to be valid.
import { isValidId, type SessionKey } from './ids.js';
import type { StoredEvent } from './stored-event.js';
import { encodeValid } from './validate-event.js';
import { VanaError } from './vana-error.js';

/**
 * The event as JSON in UTF-8, at most 256 KiB.
 * @throws VanaError invalid_event (bad ids or shape, or the event names another session), event_too_large
 */
export function encodeStoredEvent(session: SessionKey, event: StoredEvent): Uint8Array {
  if (!isValidId(session.tenant) || !isValidId(session.sessionId)) throw refused('session', 'has a bad id');
  const bytes = encodeValid(event);
  if (event.sessionId !== session.sessionId) {
    throw refused('sessionId', 'must name the session that it is published to');
  }
  return bytes;
}

function refused(field: string, problem: string): VanaError {
  return new VanaError('invalid_event', { details: { fields: [{ field, problem }] } });
}
