import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { LAMP_FILES, smallCorpus, type SmallCorpus } from '../corpus-engine/spec/small-corpus.js';
import { searchDocuments } from './search-documents.js';

const context = { question: '', known: new Set<string>(), signal: new AbortController().signal };

describe('searchDocuments', () => {
  let small: SmallCorpus;
  beforeAll(async () => {
    small = await smallCorpus(LAMP_FILES);
  });
  afterAll(() => small.remove());

  it('gives passages as sources that lead to their line', async () => {
    const outcome = await searchDocuments(small.corpus).run({ query: 'limits of brightness' }, context);
    if (outcome.kind !== 'found') throw new Error(outcome.problem);
    expect(outcome.sources[0]).toEqual({
      url: 'corpus:lamp/README.md#L20',
      title: 'lamp',
      domain: 'corpus',
      text: expect.stringContaining('limited by its driver'),
      path: 'lamp/README.md',
      heading: 'Brightness limits',
      line: 20,
    });
  });

  it('says when there is nothing', async () => {
    expect(await searchDocuments(small.corpus).run({ query: 'volcano' }, context)).toMatchObject({ kind: 'problem' });
  });
});
