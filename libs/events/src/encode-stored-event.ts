// The check at every publisher's door, and the bytes that go into the bus.
import { isValidId, type SessionKey } from './ids.js';
import { MAX_EVENT_BYTES, storedEventSchema, type StoredEvent } from './stored-event.js';
import { VanaError } from './vana-error.js';

const encoder = new TextEncoder();

/**
 * The event as JSON in UTF-8, at most 256 KiB.
 * @throws VanaError invalid_event (bad shape or ids, or the event names another session), event_too_large
 */
export function encodeStoredEvent(session: SessionKey, event: StoredEvent): Uint8Array {
  if (!isValidId(session.tenant) || !isValidId(session.sessionId)) {
    throw new VanaError('invalid_event', { details: { fields: ['session'] } });
  }
  const parsed = storedEventSchema.safeParse(event);
  if (!parsed.success) {
    throw new VanaError('invalid_event', {
      details: { fields: parsed.error.issues.map((issue) => issue.path.join('.')) },
    });
  }
  if (event.sessionId !== session.sessionId) {
    throw new VanaError('invalid_event', { details: { fields: ['sessionId'] } });
  }
  const bytes = encoder.encode(toJson(event));
  if (bytes.length > MAX_EVENT_BYTES) {
    throw new VanaError('event_too_large', { details: { bytes: bytes.length, maxBytes: MAX_EVENT_BYTES } });
  }
  return bytes;
}

function toJson(event: StoredEvent): string {
  try {
    return JSON.stringify(event);
  } catch (cause) {
    throw new VanaError('invalid_event', { details: { fields: ['data'] }, cause });
  }
}
