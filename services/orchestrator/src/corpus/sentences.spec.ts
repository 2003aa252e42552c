import { describe, expect, it } from '@jest/globals';
import type { Block } from './document.js';
import { sentencesOf } from './sentences.js';

function block(raw: string, kind: Block['kind'] = 'paragraph'): Block {
  return { kind, raw, line: 10 };
}

function texts(raw: string): string[] {
  return sentencesOf(block(raw), 'markdown').map(({ text }) => text);
}

describe('sentencesOf', () => {
  it('ends sentences where people would', () => {
    expect(texts('One here. Two there! Three? Yes.')).toEqual(['One here.', 'Two there!', 'Three?', 'Yes.']);
    expect(texts('Use e.g. Redis or v1.2 of `a. B`. See [x](http://a.b/c. D) too.')).toEqual([
      'Use e.g. Redis or v1.2 of `a. B`.',
      'See x too.',
    ]);
    expect(texts('A remark (really!) inside. (A whole one.) End')).toEqual([
      'A remark (really!) inside.',
      '(A whole one.)',
      'End',
    ]);
  });

  it('has each as an exact slice with its line', () => {
    const raw = 'First one\ngoes on. Second\n> with **bold** words. Third.';
    expect(sentencesOf(block(raw), 'markdown')).toEqual([
      { start: 0, line: 10, raw: 'First one\ngoes on.', text: 'First one goes on.' },
      { start: 19, line: 11, raw: 'Second\n> with **bold** words.', text: 'Second with bold words.' },
      { start: raw.indexOf('Third'), line: 12, raw: 'Third.', text: 'Third.' },
    ]);
  });

  it('makes one sentence of a table row, none of code', () => {
    const row = '| `port` | number | Where it listens |';
    expect(sentencesOf(block(row, 'row'), 'markdown')).toEqual([
      { start: 0, line: 10, raw: row, text: '`port` – number – Where it listens' },
    ]);
    expect(sentencesOf(block('a(); b();', 'code'), 'markdown')).toEqual([]);
  });
});
