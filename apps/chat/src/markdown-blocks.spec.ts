import { describe, expect, it } from '@jest/globals';
import { linkCitations } from './citations.js';
import { blocksOf } from './markdown-blocks.js';

describe('blocks of Markdown', () => {
  it('are cut between blocks, not inside fences, lists and quotations', () => {
    const text = '# One\n\nTwo\nmore\n\n```js\na\n\nb\n```\n\n- x\n\n  y\n\n- z\n\nEnd';
    const blocks = blocksOf(text);
    expect(blocks.join('')).toBe(text);
    expect(blocks).toEqual(['# One\n\n', 'Two\nmore\n\n```js\na\n\nb\n```\n\n- x\n\n  y\n\n- z\n\n', 'End']);
  });

  it('never change before the last two while text is added', () => {
    const text = '# A\n\nB [src-1]\n\n## C\n\n1. one\n2. two\n\nD\n\n~~~\nx\n\ny\n~~~\n\nE\n';
    let before: string[] = [];
    for (let length = 1; length <= text.length; length++) {
      const blocks = blocksOf(text.slice(0, length));
      expect(blocks.join('')).toBe(text.slice(0, length));
      const settled = before.slice(0, -2);
      expect(blocks.slice(0, settled.length)).toEqual(settled);
      before = blocks;
    }
  });
});

describe('citations', () => {
  it('become links, except in code and where they are links', () => {
    expect(linkCitations('A [src-1][src-12], `[src-1]` [src-2](x)\n```\n[src-3]\n```\n')).toBe(
      'A [src-1](#src-1)[src-12](#src-12), `[src-1]` [src-2](x)\n```\n[src-3]\n```\n',
    );
  });
});
