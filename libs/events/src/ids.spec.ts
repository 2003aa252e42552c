import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import {
  EVENT_SUBJECT_FILTER,
  LIVE_SUBJECT_TRANSFORM,
  eventSubject,
  formatPosition,
  idSchema,
  isValidId,
  liveSubject,
  parsePosition,
  positionSchema,
  sessionKeyString,
  sessionOfSubject,
} from './index.js';

const id = fc.stringMatching(/^[A-Za-z0-9_-]{1,64}$/);
const key = fc.record({ tenant: id, sessionId: id });
const epoch = fc.stringMatching(/^[a-z0-9]{1,16}$/);

describe('ids', () => {
  it('takes 1 to 64 letters, digits, _ and -', () => {
    fc.assert(fc.property(id, (value) => isValidId(value) && idSchema.safeParse(value).success));
  });

  it.each(['', '.', 'a.b', '*', 'a*', '>', 'a b', ' a', 'a\n', 'a\0', 'ä', 'a/b', '..', '%2e', 'a'.repeat(65)])(
    'refuses %j',
    (value) => {
      expect(isValidId(value)).toBe(false);
      expect(idSchema.safeParse(value).success).toBe(false);
    },
  );

  it.each([undefined, null, 5, ['a'], { toString: () => 'a' }])('refuses %p, which is no text', (value) => {
    expect(isValidId(value)).toBe(false);
  });

  it('gives every session a key of its own', () => {
    fc.assert(
      fc.property(key, key, (one, other) => {
        const same = one.tenant === other.tenant && one.sessionId === other.sessionId;
        return (sessionKeyString(one) === sessionKeyString(other)) === same;
      }),
    );
    const [left, right] = [
      { tenant: 'a', sessionId: 'b-c' },
      { tenant: 'a-b', sessionId: 'c' },
    ];
    expect(sessionKeyString(left)).not.toBe(sessionKeyString(right));
  });
});

describe('positions', () => {
  it('parses what it formats', () => {
    fc.assert(
      fc.property(epoch, fc.maxSafeNat(), (name, seq) => {
        expect(parsePosition(formatPosition(name, seq))).toEqual({ epoch: name, seq });
      }),
    );
  });

  it('formats what it parses: one text per position', () => {
    const nearly = fc.stringMatching(/^[a-z0-9A-Z]{0,17}-?[0-9]{0,17}$/);
    fc.assert(
      fc.property(fc.oneof(fc.string(), nearly), (text) => {
        const position = parsePosition(text);
        if (position) expect(formatPosition(position.epoch, position.seq)).toBe(text);
      }),
      { numRuns: 5_000 },
    );
  });

  it('agrees with its schema on everything that is not out of range', () => {
    const nearly = fc.stringMatching(/^[a-z0-9]{0,17}-?[0-9]{0,15}$/);
    fc.assert(
      fc.property(nearly, (text) => positionSchema.safeParse(text).success === (parsePosition(text) !== undefined)),
      { numRuns: 5_000 },
    );
  });

  it.each([
    '',
    '-',
    'e1',
    'e1-',
    '-5',
    'e1-05',
    'e1-5 ',
    ' e1-5',
    'e1-5\n',
    'e1--5',
    'e1-+5',
    'e1-5.0',
    'e1-1e3',
    'E1-5',
    'e1-٣',
    'abcdefghijklmnopq-1',
    `e1-${Number.MAX_SAFE_INTEGER + 1}`,
    'e1-99999999999999999999',
  ])('does not take %j', (text) => {
    expect(parsePosition(text)).toBeUndefined();
  });

  it('takes the place before the first event', () => {
    expect(parsePosition('k3f9-0')).toEqual({ epoch: 'k3f9', seq: 0 });
  });
});

describe('subjects', () => {
  it('tells the session of its event and live subjects', () => {
    fc.assert(
      fc.property(key, (session) => {
        expect(sessionOfSubject(eventSubject(session))).toEqual(session);
        expect(sessionOfSubject(liveSubject(session))).toEqual(session);
      }),
    );
  });

  it('matches the stream’s filter and republish destination', () => {
    const session = { tenant: 'acme', sessionId: 's1' };
    const tokens = EVENT_SUBJECT_FILTER.split('.');
    const subject = eventSubject(session).split('.');
    expect(tokens).toHaveLength(subject.length);
    tokens.forEach((token, place) => {
      expect([subject[place], '*']).toContain(token);
    });
    expect(LIVE_SUBJECT_TRANSFORM.replace('$1', 'acme').replace('$2', 's1')).toBe(liveSubject(session));
  });

  it.each([
    'vana.events.default',
    'vana.events.default.s1.more',
    'vana.events.*.s1',
    'vana.events.default.>',
    'vana.events..s1',
    'vana.other.default.s1',
    'other.events.default.s1',
    '$JS.API.INFO',
    '',
  ])('knows no session for %j', (subject) => {
    expect(sessionOfSubject(subject)).toBeUndefined();
  });
});
