import { describe, expect, it } from '@jest/globals';
import { outlineOfText } from './text-outline.js';

describe('outlineOfText', () => {
  it('finds paragraphs, items, code and headings with their lines', () => {
    const { title, sections } = outlineOfText(
      'The Title\n=========\n\nA paragraph\nover two lines.\n\n  * an item\n  * another\n    item\n\n    code();\n\nBIG SECTION\n\nLast one.\n',
    );
    expect(title).toBe('The Title');
    expect(sections.map(({ headings }) => headings.map(({ text, line }) => `${line}:${text}`))).toEqual([
      ['1:The Title'],
      ['13:BIG SECTION'],
    ]);
    expect(sections.flatMap(({ blocks }) => blocks)).toEqual([
      { kind: 'paragraph', line: 4, raw: 'A paragraph\nover two lines.' },
      { kind: 'item', line: 7, raw: 'an item' },
      { kind: 'item', line: 8, raw: 'another\n    item' },
      { kind: 'code', line: 11, raw: '    code();' },
      { kind: 'paragraph', line: 15, raw: 'Last one.' },
    ]);
  });
});
