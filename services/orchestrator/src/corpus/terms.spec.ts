import { describe, expect, it } from '@jest/globals';
import { termsOf } from './terms.js';

describe('termsOf', () => {
  it('drops stop words and single letters, keeps the order', () => {
    expect(termsOf('How do I limit the number of retries?')).toEqual(['limit', 'numb', 'retry']);
  });

  it('has identifiers whole and by their humps', () => {
    expect(termsOf('call maxConcurrency')).toEqual(['call', 'maxconcur', 'max', 'concur']);
    expect(termsOf('parseHTMLText')).toEqual(['parsehtmltext', 'pars', 'html', 'text']);
  });

  it('has compounds besides their parts', () => {
    expect(termsOf('p-limit')).toEqual(['p-limit', 'limit']);
    expect(new Set(termsOf('Server-Sent Events'))).toEqual(new Set(['server-sent', 'serv', 'sent', 'event']));
  });

  it('passes over words that are data', () => {
    expect(termsOf(`${'ab'.repeat(30)} word`)).toEqual(['word']);
  });
});
