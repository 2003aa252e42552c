import { describe, expect, it } from '@jest/globals';
import { outlineOfMarkdown } from './markdown-outline.js';

const TEXT = `---
front: matter
---
# Title with \`code\`

[![build](https://a/b.svg)](https://c)
[one](#one) | [two](#two)

First paragraph
over two lines.

<!-- hidden
remark -->

Setext
------

- item one
  goes on
- [only a link](#x)
* item two

| a | b |
|---|---|
| 1 | first row |
| 2 | second row |

\`\`\`js
# not a heading
const a = 1;
\`\`\`

## Second ##

> quoted
> text

    indented code

<h2 align="center">Third</h2>

<p>Some <b>text</b></p>

[ref]: https://example.org
`;

describe('outlineOfMarkdown', () => {
  const { title, sections } = outlineOfMarkdown(TEXT);
  const blocks = sections.flatMap((section) => section.blocks);

  it('finds the title and the heading path with lines', () => {
    expect(title).toBe('Title with `code`');
    const paths = sections.map(({ headings }) => headings.map(({ text, line }) => `${line}:${text}`).join(' > '));
    expect(paths).toEqual([
      '4:Title with `code`',
      '4:Title with `code` > 15:Setext',
      '4:Title with `code` > 33:Second',
      '4:Title with `code` > 40:Third',
    ]);
  });

  it('has every block as an exact slice at its line', () => {
    const lines = TEXT.split('\n');
    for (const { raw, line } of blocks) {
      const rest = lines.slice(line - 1).join('\n');
      expect(rest.indexOf(raw)).toBeGreaterThanOrEqual(0);
      expect(rest.indexOf(raw)).toBeLessThanOrEqual(lines[line - 1]!.length);
    }
  });

  it('leaves out badges, link lists, comments and references, and tells the kinds apart', () => {
    expect(blocks.map(({ kind, raw }) => [kind, raw])).toEqual([
      ['paragraph', 'First paragraph\nover two lines.'],
      ['item', 'item one\n  goes on'],
      ['item', 'item two'],
      ['row', '| 1 | first row |'],
      ['row', '| 2 | second row |'],
      ['code', '```js\n# not a heading\nconst a = 1;\n```'],
      ['paragraph', 'quoted\n> text'],
      ['code', '    indented code'],
      ['paragraph', '<p>Some <b>text</b></p>'],
    ]);
  });

  it('ends an unclosed fence with the file, and cuts a paragraph of megabytes', () => {
    expect(outlineOfMarkdown('```\na\nb').sections[0]!.blocks).toEqual([{ kind: 'code', line: 1, raw: '```\na\nb' }]);
    const long = outlineOfMarkdown(`${'word '.repeat(400)}\n`.repeat(100)).sections[0]!.blocks;
    expect(long.length).toBeGreaterThan(10);
    expect(Math.max(...long.map(({ raw }) => raw.length))).toBeLessThanOrEqual(4000);
    expect(long.at(-1)!.line).toBeGreaterThan(95);
  });
});
