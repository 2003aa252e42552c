import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { CitationFilter, type KnownSources } from './citation-filter.js';

const KNOWN: KnownSources = {
  hasId: (id) => id === 'src-1' || id === 'src-2',
  hasUrl: (url) => url === 'https://known.example/a' || url === 'https://known.example/b_(c)',
};

function filtered(pieces: readonly string[]): string {
  const filter = new CitationFilter(KNOWN);
  return pieces.map((piece) => filter.push(piece)).join('') + filter.end();
}

describe('CitationFilter', () => {
  it.each([
    ['a known citation', 'It rains [src-1].', 'It rains [src-1].'],
    ['an unknown one', 'It rains [src-9].', 'It rains.'],
    ['one in the middle', 'It [src-9] rains.', 'It rains.'],
    ['a list', 'It rains [src-2, src-9, src-1].', 'It rains [src-2][src-1].'],
    ['a list of unknown ones', 'It rains [src-8; src-9].', 'It rains.'],
    ['several in a row', 'It rains [src-1][src-9][src-2].', 'It rains [src-1][src-2].'],
    ['zero padding', 'It rains [src-01].', 'It rains.'],
    ['a citation with an address', 'It rains [src-1](https://evil.example/).', 'It rains [src-1].'],
    ['other brackets', 'See [note] and a[0] and [x [y] z].', 'See [note] and a[0] and [x [y] z].'],
    ['a task', '- [ ] open\n- [x] done', '- [ ] open\n- [x] done'],
    ['a link to a source', 'See [it](https://known.example/a).', 'See [it](https://known.example/a).'],
    ['a link with parentheses', '[it](https://known.example/b_(c))!', '[it](https://known.example/b_(c))!'],
    ['a link to nowhere known', 'See [it](https://evil.example/?q=1 "title").', 'See it.'],
    ['a relative link', 'See [it](/etc).', 'See it.'],
    ['an image', 'x ![alt](https://known.example/a) y', 'x alt y'],
    ['an image without a text', 'x ![](https://evil.example/?secret) y', 'x y'],
    ['a bare address of a source', 'At https://known.example/a.', 'At https://known.example/a.'],
    ['a bare address', 'At https://evil.example/x, and on.', 'At, and on.'],
    [
      'an address in angles',
      'At <https://evil.example/x> or <https://known.example/a>',
      'At or <https://known.example/a>',
    ],
    ['HTML', 'a <b>bold</b> word < 3', 'a <b>bold</b> word < 3'],
    ['inline code', 'Call `a[src-9](x)` and ``b ` [src-9]``.', 'Call `a[src-9](x)` and ``b ` [src-9]``.'],
    ['a lone backtick', 'A ` and [src-9].', 'A ` and.'],
    [
      'a fence',
      '```js\nx[src-9] = "https://a.example"\n```\nDone [src-9].',
      '```js\nx[src-9] = "https://a.example"\n```\nDone.',
    ],
    ['an open bracket at the end', 'It rains [src-1', 'It rains [src-1'],
    ['an open bracket over two lines', 'a [b\nc] d', 'a [b\nc] d'],
    ['an exclamation', 'Ha! Hi, the height!', 'Ha! Hi, the height!'],
    ['blanks at line ends', 'a  \nb \n\n c ', 'a  \nb \n\n c '],
    ['a very long bracket', `[${'x'.repeat(900)}] y`, `[${'x'.repeat(900)}] y`],
  ])('%s', (_what, text, expected) => {
    expect(filtered([text])).toBe(expected);
    expect(filtered([...text])).toBe(expected);
  });

  it('holds back no more than a mark', () => {
    const filter = new CitationFilter(KNOWN);
    expect(filter.push('Lamps dim [sr')).toBe('Lamps dim');
    expect(filter.push('c-1] slowly')).toBe(' [src-1] slowly');
    expect(filter.push(' when')).toBe(' when');
  });

  it('does not depend on how the text was cut', () => {
    const word = fc.constantFrom(
      ...['[', ']', '(', ')', '!', '`', '``', '```', '~~~', '<', '>', '\n', ' ', 'h', 'http', 's://', 'a', '.', '\\'],
      ...['src-1', 'src-9', '[src-9]', '[src-1]', 'https://known.example/a', 'https://evil.example/', '"', '    '],
    );
    fc.assert(
      fc.property(fc.array(word, { maxLength: 40 }), fc.array(fc.nat(12), { maxLength: 60 }), (words, cuts) => {
        const text = words.join('');
        const pieces: string[] = [];
        let at = 0;
        for (const cut of cuts) {
          pieces.push(text.slice(at, at + cut));
          at += cut;
        }
        pieces.push(text.slice(at));
        expect(filtered(pieces)).toBe(filtered([text]));
      }),
      { numRuns: 2_000 },
    );
  });
});
