import { describe, expect, it } from '@jest/globals';
import { plainText } from './plain-text.js';

describe('plainText of Markdown', () => {
  it.each([
    ['a [link](https://x.y/z_(w)) here', 'a link here'],
    ['a [`code` link][ref] and [@scope/name][]', 'a `code` link and @scope/name'],
    ['**bold**, *slanted*, __strong__ and _soft_', 'bold, slanted, strong and soft'],
    ['snake_case_name and 2 * 3 * 4', 'snake_case_name and 2 * 3 * 4'],
    ['[![badge](https://a/b.svg)](https://c) text', 'text'],
    ['![picture](x.png) seen', 'seen'],
    ['`a * b * c` and `<b>`', '`a * b * c` and `<b>`'],
    ['over\n> two\n> lines', 'over two lines'],
    ['tea &amp; milk &#x2713; &copy;', 'tea & milk ✓ ©'],
    ['<b>bold</b> and <code>x</code><br>next', 'bold and `x` next'],
    ['see {@link Thing} now', 'see Thing now'],
    [
      '2<sup>128</sup> elements of items[i], `of[i][0]`, [named] once',
      '2^128 elements of items[i], `of[i][0]`, named once',
    ],
    ['<https://example.org/a>', 'https://example.org/a'],
    ['hard\\\nbreak', 'hard break'],
  ])('%j is read as %j', (raw, text) => {
    expect(plainText(raw, 'markdown')).toBe(text);
  });

  it('takes no long time over hostile text', () => {
    const hostile = ['['.repeat(4000), '`'.repeat(4000), '![a]('.repeat(800), '<a '.repeat(1300), '*a'.repeat(2000)];
    const start = performance.now();
    for (const raw of hostile) plainText(raw, 'markdown');
    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('plainText of others', () => {
  it('reads HTML without tags, plain text as it is', () => {
    expect(plainText('Use <code>go()</code> &lt;now&gt;', 'html')).toBe('Use `go()` <now>');
    expect(plainText('a **star** [x](y)', 'text')).toBe('a **star** [x](y)');
  });
});
