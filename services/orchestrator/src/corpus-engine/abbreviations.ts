// Abbreviations that the corpus spells out: `Server-Sent Events (SSE)` makes `sse` stand for its words and back.
import type { Corpus } from '../corpus/corpus.js';
import { plainText } from '../corpus/plain-text.js';
import { stem } from '../corpus/stem.js';
import { isStopWord } from '../corpus/terms.js';

const PASSAGES_LOOKED_AT = 40;
const SHORT_FORM = /^[a-z][a-z0-9]{1,5}$/;

/** The words before `(SHORT)` whose initials spell it. */
function longForm(short: string, corpus: Corpus): string[] {
  const count = short.length;
  const pattern = new RegExp(`((?:\\p{L}[\\p{L}\\p{N}]*[ -]){${count}})\\(["'\`]?${short}s?["'\`]?\\)`, 'iu');
  for (const { passage } of corpus.search({ terms: new Map([[stem(short), 1]]), limit: PASSAGES_LOOKED_AT })) {
    for (const { kind, raw } of passage.blocks) {
      if (kind === 'code' || !raw.includes('(')) continue;
      const found = pattern.exec(plainText(raw, passage.document.format));
      const words =
        found?.[1]!
          .toLowerCase()
          .split(/[ -]/)
          .filter((word) => word !== '') ?? [];
      if (words.length === count && words.every((word, at) => word.startsWith(short[at]!))) return words;
    }
  }
  return [];
}

/** Term of the question → terms of the other form. @param words of the question, in its order */
export function abbreviationsOf(words: readonly string[], corpus: Corpus): Map<string, readonly string[]> {
  const found = new Map<string, readonly string[]>();
  const lower = words.map((word) => word.toLowerCase());
  for (const [at, word] of words.entries()) {
    const short = lower[at]!;
    if (!SHORT_FORM.test(short) || word.toUpperCase() !== word || corpus.frequency(stem(short)) === 0) continue;
    const long = longForm(short, corpus).filter((one) => !isStopWord(one));
    if (long.length > 1) found.set(stem(short), long.map(stem));
  }
  for (const size of [4, 3]) {
    for (let at = 0; at + size <= lower.length; at++) {
      const run = lower.slice(at, at + size);
      const short = run.map((word) => word[0]!).join('');
      if (corpus.frequency(short) === 0 || longForm(short, corpus).join() !== run.join()) continue;
      for (const word of run) found.set(stem(word), [short]);
    }
  }
  return found;
}
