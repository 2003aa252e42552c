import { describe, expect, it } from '@jest/globals';
import type { FoundSource } from '../../tools/research-tool.js';
import { CitedSources, claimsOf } from './cited-sources.js';

const web: FoundSource = {
  ...{ url: 'https://lamps.example/a_(b)', title: 'All [about] <b>lamps', domain: 'lamps.example' },
  text: 'Lamps dim when the driver says so. See https://more.example/x.',
};
const page: FoundSource = { url: 'corpus:a.md#L3', title: 'a', domain: 'corpus', text: 'x', path: 'a.md', line: 3 };

describe('CitedSources', () => {
  const sources = new CitedSources([
    {
      ...{ title: 'One', questions: [] },
      findings: [
        { text: 'dim', sources: [web, page] },
        { text: 'again', sources: [{ ...web, text: 'More text of it.' }] },
      ],
    },
  ]);

  it('numbers each address once', () => {
    expect([sources.size, sources.idOf(web), sources.idOf(page)]).toEqual([2, 'src-1', 'src-2']);
    expect([sources.hasId('src-2'), sources.hasId('src-3'), sources.hasId('src-01')]).toEqual([true, false, false]);
  });

  it('knows its addresses and those that they give', () => {
    expect(sources.hasUrl('https://LAMPS.example/a_(b)#part')).toBe(true);
    expect(sources.hasUrl('https://more.example/x')).toBe(true);
    expect(sources.hasUrl('https://evil.example/')).toBe(false);
  });

  it('lists what is cited, harmlessly', () => {
    expect(sources.list(new Set(['src-1', 'src-2']))).toBe(
      '## Sources\n\n- **[src-1]** [All about \\<b>lamps](https://lamps.example/a_%28b%29)\n- **[src-2]** `a.md`, line 3\n',
    );
    expect(sources.list(new Set())).toBe('');
  });

  it('says what each source supports, and how much of the statement it holds', () => {
    const claims = [
      { text: 'Lamps dim', ids: ['src-1'] },
      { text: 'Volcanoes erupt', ids: ['src-1'] },
    ];
    const { sources: told, totalSources } = sources.event(claims, new Set(['src-1']));
    expect(totalSources).toBe(1);
    expect(told[0]!.supportedClaims).toEqual([
      { textSegment: 'Lamps dim', confidence: 1 },
      { textSegment: 'Volcanoes erupt', confidence: 0 },
    ]);
  });

  it('cuts a report into statements', () => {
    expect(claimsOf('# T\n\n- It dims [src-1]. It glows [src-2][src-1]! Nobody cites this.\nLast [src-3].')).toEqual([
      { text: 'It dims.', ids: ['src-1'] },
      { text: 'It glows!', ids: ['src-2', 'src-1'] },
      { text: 'Last.', ids: ['src-3'] },
    ]);
  });
});
