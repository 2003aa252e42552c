import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { hasFocus, readQuestion, searchTerms } from './question.js';
import { LAMP_FILES, smallCorpus, type SmallCorpus } from './spec/small-corpus.js';

describe('readQuestion', () => {
  let small: SmallCorpus;

  beforeAll(async () => {
    small = await smallCorpus({
      ...LAMP_FILES,
      'p-switch/README.md': '# p-switch\n\nA switch that reconnects. It is not for reading.',
    });
  });
  afterAll(() => small.remove());

  it('keeps what is asked for, with shares that add up to 1', () => {
    const { terms, intent, pairs } = readQuestion('How can I limit the brightness of a light?', small.corpus);
    expect(intent).toBe('how_to');
    expect(terms.map(({ word }) => word)).toEqual(['limit', 'brightness', 'light']);
    expect(terms.reduce((sum, { weight }) => sum + weight, 0)).toBeCloseTo(1);
    expect(pairs).toEqual([
      ['limit', 'bright'],
      ['bright', 'light'],
    ]);
  });

  it('gives unknown words the greatest share of their kind, words of grammar a small one', () => {
    const { terms } = readQuestion('What is the correct voltage of a light?', small.corpus);
    const shares = Object.fromEntries(terms.map(({ word, weight }) => [word, weight]));
    expect(shares['voltage']).toBeGreaterThan(shares['light']!);
    expect(shares['correct']).toBeLessThan(shares['voltage']! / 2);
    expect(terms.find(({ word }) => word === 'voltage')!.frequency).toBe(0);
  });

  it('knows documents by their names, compounds as one word', () => {
    const named = readQuestion('Does p-switch dim lamp?', small.corpus);
    expect(named.names).toEqual(['p-switch', 'lamp']);
    expect(named.terms.map(({ term }) => term)).toEqual(['p-switch', 'dim', 'lamp']);
    expect(hasFocus(named)).toBe(true);
    expect(hasFocus(readQuestion('What is lamp?', small.corpus))).toBe(false);
  });

  it('adds the family of a word and spelled-out abbreviations, with less weight', () => {
    const family = readQuestion('Why does it disconnect?', small.corpus);
    expect(family.terms[0]!.relatives).toEqual(['reconnect']);
    const terms = searchTerms(family);
    expect(terms.get('reconnect')!).toBeLessThan(terms.get('disconnect')!);
    expect(readQuestion('What are RLP messages?', small.corpus).terms[0]!.relatives).toEqual([
      'remot',
      'light',
      'protocol',
    ]);
    const spelled = readQuestion('How does the Remote Light Protocol work?', small.corpus);
    expect(spelled.terms[0]!.relatives).toContain('rlp');
  });

  it('tells a definition from a comparison', () => {
    const intents = ['What is lamp?', 'What does RLP mean?', 'What is the difference between lamp and driver?'];
    expect(intents.map((text) => readQuestion(text, small.corpus).intent)).toEqual([
      'definition',
      'definition',
      'other',
    ]);
  });

  it('takes the weightiest of thousands of words, and none where there is none', () => {
    const words = Array.from({ length: 1500 }, (_, at) => `word${at}`);
    expect(readQuestion(`${words.join(' ')} light`, small.corpus).terms).toHaveLength(24);
    expect(readQuestion('?!', small.corpus).terms).toEqual([]);
  });
});
