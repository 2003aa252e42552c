import { describe, expect, it } from '@jest/globals';
import { encodePresence, parsePresence } from './presence-message.js';

const beat = { podId: 'p', url: 'http://10.0.0.7:8082', connections: 1, maxConnections: 2, draining: false };

describe('presence messages', () => {
  it('come back as they were sent, another version’s fields included', () => {
    expect(parsePresence(encodePresence({ beat }))).toEqual({ beat });
    expect(parsePresence(encodePresence({ left: 'p' }))).toEqual({ left: 'p' });
    expect(parsePresence(JSON.stringify({ beat: { ...beat, zone: 'z1' } }))).toEqual({ beat: { ...beat, zone: 'z1' } });
  });

  it.each([
    '',
    'not JSON',
    'null',
    '[]',
    '{}',
    '{"beat":null}',
    '{"left":7}',
    ...['podId', 'url', 'connections', 'maxConnections', 'draining'].map((key) =>
      JSON.stringify({ beat: { ...beat, [key]: undefined } }),
    ),
    JSON.stringify({ beat: { ...beat, url: 'no address' } }),
    JSON.stringify({ beat: { ...beat, podId: '' } }),
  ])('are nothing when they are %s', (text) => {
    expect(parsePresence(text)).toBeUndefined();
  });
});
