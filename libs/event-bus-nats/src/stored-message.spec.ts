import { describe, expect, it } from '@jest/globals';
import { newSession, sampleEvent } from '@vana/test-kit';
import { headers, type Msg } from '@nats-io/transport-node';
import { ofLiveMsg, toLogEntry, type StoredMessage } from './stored-message.js';

const session = newSession();
const event = sampleEvent(session, 'e');
const encode = (value: unknown): Uint8Array => new TextEncoder().encode(JSON.stringify(value));

const live = (values: [string, string][], data = encode(event)): StoredMessage | undefined => {
  const own = headers();
  for (const [name, value] of values) own.append(name, value);
  return ofLiveMsg({ headers: own, data } as Msg);
};
const entryOf = (...args: Parameters<typeof live>) => {
  const message = live(...args);
  return message && toLogEntry(session, message);
};

describe('messages of the bus as log entries', () => {
  it('take the last value of each header and the server’s time', () => {
    const time = '2030-01-01T00:00:00.5Z';
    const values: [string, string][] = [
      ['Vana-Prev', '99'],
      ['Nats-Sequence', '1'],
      ['Vana-Prev', '7'],
      ['Nats-Sequence', '8'],
      ['Nats-Time-Stamp', time],
    ];
    expect(entryOf(values)).toEqual({ seq: 8, prev: 7, storedAtMs: Date.parse(time), event });
  });

  it('take the time of receipt from a server that gives none', () => {
    const before = Date.now();
    const storedAtMs = entryOf([
      ['Vana-Prev', '0'],
      ['Nats-Sequence', '1'],
    ])!.storedAtMs;
    expect(storedAtMs).toBeGreaterThanOrEqual(before);
    expect(storedAtMs).toBeLessThanOrEqual(Date.now());
  });

  it.each<[string, [string, string][]]>([
    ['without headers', []],
    ['without a sequence', [['Vana-Prev', '0']]],
    ['without the one before', [['Nats-Sequence', '8']]],
    ['with a sequence that is no number', [['Vana-Prev', '0'], ['Nats-Sequence', '8x']]], // prettier-ignore
    ['with sequence 0', [['Vana-Prev', '0'], ['Nats-Sequence', '0']]], // prettier-ignore
    ['with one before that is not before', [['Vana-Prev', '8'], ['Nats-Sequence', '8']]], // prettier-ignore
    ['with a negative one before', [['Vana-Prev', '-1'], ['Nats-Sequence', '8']]], // prettier-ignore
    ['with an unsafe number', [['Vana-Prev', '0'], ['Nats-Sequence', '9999999999999999']]], // prettier-ignore
  ])('are nothing %s', (_, values) => {
    expect(entryOf(values)).toBeUndefined();
  });

  it.each<[string, Uint8Array]>([
    ['no JSON', new TextEncoder().encode('{')],
    ['null', encode(null)],
    ['an event of another session', encode({ ...event, sessionId: 'other' })],
    ['an event without type', encode({ ...event, type: undefined })],
    ['an event of an unknown channel', encode({ ...event, channel: 'x' })],
    ['an event without data', encode({ ...event, data: null })],
  ])('are nothing when the body is %s', (_, data) => {
    const ours: [string, string][] = [
      ['Vana-Prev', '0'],
      ['Nats-Sequence', '1'],
    ];
    expect(entryOf(ours)).toBeDefined();
    expect(entryOf(ours, data)).toBeUndefined();
  });
});
