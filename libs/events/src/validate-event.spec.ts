import { describe, expect, it } from '@jest/globals';
import { EVENT_EXAMPLES } from './api/examples.js';
import { EVENT_TYPES } from './api/schemas.js';
import {
  EVENT_KINDS,
  MAX_DATA_DEPTH,
  MAX_EVENT_BYTES,
  MAX_OUTSIDE_DATA_BYTES,
  SCHEMA_VERSION,
  VanaError,
  encodeStoredEvent,
  encodedSize,
  validateEvent,
  type EventType,
  type StoredEvent,
} from './index.js';

function eventOf(type: EventType, more: Record<string, unknown> = {}): StoredEvent {
  return {
    schemaVersion: SCHEMA_VERSION,
    type,
    channel: EVENT_KINDS[type].channel,
    sessionId: 's1',
    data: EVENT_EXAMPLES[type],
    id: 'default:s1:r7:1',
    createdAt: '2026-01-31T12:00:00.000Z',
    ...more,
  };
}

const outside = (data: Record<string, unknown>, more: Record<string, unknown> = {}) =>
  eventOf('agent_start', { type: 'x.acme.step', data, ...more });

function refusal(act: () => unknown): VanaError {
  try {
    act();
  } catch (error) {
    if (error instanceof VanaError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

const fieldsOf = (event: unknown) => {
  const error = refusal(() => validateEvent(event));
  expect(error.code).toBe('invalid_event');
  return (error.details?.['fields'] as { field: string }[]).map(({ field }) => field);
};

function nested(depth: number): Record<string, unknown> {
  let value: Record<string, unknown> = {};
  for (let level = 1; level < depth; level += 1) value = { value };
  return value;
}

describe('validateEvent', () => {
  it.each(EVENT_TYPES)('takes %s and gives back the same object', (type) => {
    const event = eventOf(type, { runId: 'r7', agentId: 'a1', ttl: 0.5, retry: 100, from_next_version: true });
    expect(validateEvent(event)).toBe(event);
  });

  it.each<[Record<string, unknown>, string]>([
    [{ schemaVersion: 0 }, 'schemaVersion'],
    [{ type: '' }, 'type'],
    [{ type: 'unheard_of' }, 'type'],
    [{ type: 'constructor' }, 'type'],
    [{ type: 'x.acme' }, 'type'],
    [{ channel: 'news' }, 'channel'],
    [{ channel: 'chat' }, 'channel'],
    [{ sessionId: 's.1' }, 'sessionId'],
    [{ sessionId: 's*' }, 'sessionId'],
    [{ sessionId: 's'.repeat(65) }, 'sessionId'],
    [{ runId: '>' }, 'runId'],
    [{ data: [] }, 'data'],
    [{ data: null }, 'data'],
    [{ data: {} }, 'data.agentId'],
    [{ data: { ...EVENT_EXAMPLES.agent_start, activeAgents: [1] } }, 'data.activeAgents.0'],
    [{ id: '' }, 'id'],
    [{ ttl: 0 }, 'ttl'],
    [{ retry: 1.5 }, 'retry'],
    [{ createdAt: 'yesterday' }, 'createdAt'],
  ])('refuses %j, naming %s', (more, field) => {
    expect(fieldsOf(eventOf('agent_start', more))).toContain(field);
  });

  it.each([undefined, null, 'event', 7, []])('refuses %j', (event) => {
    expect(refusal(() => validateEvent(event)).code).toBe('invalid_event');
  });

  it('lists twenty problems at most, and no values', () => {
    const agents = Array.from({ length: 500 }, () => ({ name: 5, secret: 'hunter2' }));
    const error = refusal(() => validateEvent(eventOf('agent_network_update', { data: { agents } })));
    expect(error.details?.['fields']).toHaveLength(20);
    expect(JSON.stringify(error.toBody())).not.toContain('hunter2');
  });

  it('takes outside types on every channel', () => {
    for (const channel of ['agents', 'research', 'chat']) {
      expect(validateEvent(outside({ anything: [null, 1, 'a'] }, { channel }))).toBeDefined();
    }
  });

  it('limits the depth of data, of known types too', () => {
    expect(validateEvent(outside(nested(MAX_DATA_DEPTH)))).toBeDefined();
    expect(fieldsOf(outside(nested(MAX_DATA_DEPTH + 1)))).toEqual(['data']);
    expect(fieldsOf(eventOf('session_updated', { data: { more: nested(MAX_DATA_DEPTH) } }))).toEqual(['data']);
    expect(fieldsOf(outside(nested(100_000)))).toEqual(['data']);
  });

  it('refuses what JSON cannot express', () => {
    const cycle: Record<string, unknown> = {};
    cycle['self'] = cycle;
    expect(fieldsOf(outside(cycle))).toEqual(['data']);
    expect(fieldsOf(outside({ big: 1n }))).toEqual(['data']);
  });

  it('limits the data of outside types by its bytes, not its characters', () => {
    const room = MAX_OUTSIDE_DATA_BYTES - encodedSize({ text: '' });
    expect(validateEvent(outside({ text: 'a'.repeat(room) }))).toBeDefined();
    for (const text of ['a'.repeat(room + 1), 'é'.repeat(room / 2 + 1)]) {
      expect(refusal(() => validateEvent(outside({ text })))).toMatchObject({
        code: 'event_too_large',
        details: { limit: MAX_OUTSIDE_DATA_BYTES },
      });
    }
  });

  it('limits every event to the size that the bus takes', () => {
    const chunk = (delta: string) => eventOf('message_chunk', { data: { messageId: 'm1', offset: 0, delta } });
    const room = MAX_EVENT_BYTES - encodedSize(chunk(''));
    expect(validateEvent(chunk('a'.repeat(room)))).toBeDefined();
    expect(refusal(() => validateEvent(chunk('a'.repeat(room + 1))))).toMatchObject({
      code: 'event_too_large',
      details: { bytes: MAX_EVENT_BYTES + 1, limit: MAX_EVENT_BYTES },
    });
  });
});

describe('encodeStoredEvent', () => {
  const session = { tenant: 'default', sessionId: 's1' };

  it('gives JSON that parses back to the event', () => {
    const event = eventOf('research_started', { note: 'ü \u2028 \u{1F680}' });
    const bytes = encodeStoredEvent(session, event);
    expect(JSON.parse(new TextDecoder().decode(bytes))).toEqual(event);
    expect(encodedSize(event)).toBe(bytes.length);
  });

  it.each([
    [{ tenant: 'a.b', sessionId: 's1' }, 'session'],
    [{ tenant: 'default', sessionId: '*' }, 'session'],
    [{ tenant: 'default', sessionId: 's2' }, 'sessionId'],
  ])('refuses the session %j', (other, field) => {
    const error = refusal(() => encodeStoredEvent(other, eventOf('session_updated')));
    expect(error.code).toBe('invalid_event');
    expect(error.details).toMatchObject({ fields: [{ field }] });
  });

  it('refuses data that is not its type’s', () => {
    expect(refusal(() => encodeStoredEvent(session, eventOf('error', { data: {} }))).code).toBe('invalid_event');
  });

  it('refuses a bad envelope, what is not JSON, and more than the bus takes', () => {
    expect(refusal(() => encodeStoredEvent(session, eventOf('error', { id: '' }))).code).toBe('invalid_event');
    expect(refusal(() => encodeStoredEvent(session, outside({ big: 1n }))).code).toBe('invalid_event');
    const large = outside({ text: 'a'.repeat(MAX_EVENT_BYTES) });
    expect(refusal(() => encodeStoredEvent(session, large)).code).toBe('event_too_large');
  });
});
