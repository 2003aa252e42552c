// A valid stored event with as little in it as possible.
import { SCHEMA_VERSION, type SessionKey, type StoredEvent } from '@vana/events';

export function sampleEvent(session: SessionKey, id: string, overrides: Partial<StoredEvent> = {}): StoredEvent {
  return {
    schemaVersion: SCHEMA_VERSION,
    type: 'x.test.note',
    channel: 'agents',
    sessionId: session.sessionId,
    data: { message: id },
    id,
    createdAt: '2030-01-01T00:00:00.000Z',
    ...overrides,
  };
}
