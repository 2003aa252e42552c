import { describe, expect, it } from '@jest/globals';
import type { FoundSource } from '../tools/research-tool.js';
import { extracts, readFindings } from './findings.js';
import { SourceShelf } from './source-shelf.js';

const source = (name: string, text = `about ${name}`): FoundSource => {
  return { url: `https://${name}.example/`, title: name, domain: `${name}.example`, text };
};

describe('readFindings', () => {
  const shelf = new SourceShelf('What? See https://named.example/x.');
  const shown = shelf.put([source('one'), source('two')], 1_000);
  const read = (text: string) => {
    return readFindings(text, (mark) => shelf.get(mark)).map(({ text: said, sources }) => {
      return [said, ...sources.map(({ title }) => title)];
    });
  };

  it('shows sources with their marks', () => {
    expect(shown).toBe(
      '[s1] one (https://one.example/)\nabout one\n\n---\n\n[s2] two (https://two.example/)\nabout two',
    );
    expect([...shelf.known]).toEqual(['https://named.example/x', 'https://one.example/', 'https://two.example/']);
  });

  it('gives a source that comes again the mark it has', () => {
    expect(shelf.put([source('two')], 1_000)).toMatch(/^\[s2\]/);
    expect(shelf.sources.length).toBe(2);
  });

  it('reads statements with their sources', () => {
    const text = 'Here:\n- It dims [s1].\n* It breaks [s2][s1]\n3. Both [s1, s2]\n• Twice [s1] or [s1]';
    expect(read(text)).toEqual([
      ['It dims.', 'one'],
      ['It breaks', 'two', 'one'],
      ['Both', 'one', 'two'],
      ['Twice or', 'one'],
    ]);
  });

  it('drops what no source in hand says', () => {
    expect(read('- Invented [s3]\n- Invented [s0]\n- Said by nobody\n[s1]\nnothing found')).toEqual([]);
    expect(read('- Half invented [s9][s2]')).toEqual([['Half invented', 'two']]);
  });

  it('takes sources at their word where nobody worked on them', () => {
    expect(extracts([source('one', 'a\n b'), source('two', ' ')])).toEqual([
      { text: '“a b”', sources: [source('one', 'a\n b')] },
    ]);
  });
});
