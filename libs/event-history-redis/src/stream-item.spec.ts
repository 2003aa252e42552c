import { describe, expect, it } from '@jest/globals';
import { sampleEvent } from '@vana/test-kit';
import { parseItem, scriptArguments, type StreamItem } from './stream-item.js';

const session = { tenant: 'acme', sessionId: 's1' };
const event = sampleEvent(session, 'e7', { data: { text: 'ä\n' }, ...{ added: { later: true } } });
const fields = { prev: '3', storedAt: '1700000000000', start: '0', event: JSON.stringify(event) };
const item = (id: string, changes: Partial<typeof fields> = {}): StreamItem => [
  id,
  Object.entries({ ...fields, ...changes }).flat(),
];

describe('an item of a Redis stream', () => {
  it('is read as the entry that was written', () => {
    const entry = { seq: 7, prev: 3, storedAtMs: 1_700_000_000_000, event };
    const [seq, prev, storedAt, text] = scriptArguments(entry);
    expect(parseItem(session, item(`${seq}-0`, { prev, storedAt, event: text }))).toEqual(entry);
  });

  it.each<[string, StreamItem]>([
    ['an id with another part', item('7-1')],
    ['an id that is no number', item('x-0')],
    ['sequence 0', item('0-0')],
    ['a sequence that is not a safe integer', item('9007199254740993-0')],
    ['no fields', ['7-0', []]],
    ['an odd number of fields', ['7-0', ['prev']]],
    ['a predecessor after itself', item('7-0', { prev: '7' })],
    ['a negative predecessor', item('7-0', { prev: '-1' })],
    ['a predecessor with a fraction', item('7-0', { prev: '1.5' })],
    ['no stored time', item('7-0', { storedAt: '' })],
    ['no JSON', item('7-0', { event: '{"schemaVersion":' })],
    ['JSON that is no event', item('7-0', { event: '[]' })],
    ['an event without a type', item('7-0', { event: JSON.stringify({ ...event, type: undefined }) })],
    ["another session's event", item('7-0', { event: JSON.stringify({ ...event, sessionId: 's2' }) })],
  ])('is no entry: %s', (_what, malformed) => {
    expect(parseItem(session, malformed)).toBeUndefined();
  });
});
