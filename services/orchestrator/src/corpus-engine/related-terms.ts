// Terms that go along with a question in the corpus: frequent in its best passages, rare elsewhere.
import type { Corpus, Hit } from '../corpus/corpus.js';
import { isStopWord, termsOf } from '../corpus/terms.js';
import { plainText } from '../corpus/plain-text.js';
import type { Question } from './question.js';

/** A term in more of all passages than this tells nothing about one question. */
const COMMON_SHARE = 0.06;
const LEAST_PASSAGES = 2;
/** Two terms that mostly occur in the same passages are one aspect. */
const SAME_ASPECT = 0.65;

interface Candidate {
  readonly term: string;
  readonly passages: ReadonlySet<number>;
  readonly score: number;
}

export function relatedTerms(corpus: Corpus, hits: readonly Hit[], question: Question, limit: number): string[] {
  const excluded = new Set(question.terms.flatMap(({ term, relatives }) => [term, ...relatives]));
  const chosen: Candidate[] = [];
  for (const candidate of candidates(corpus, hits)) {
    if (chosen.length === limit) break;
    if (excluded.has(candidate.term) || !isTopical(candidate.term, corpus)) continue;
    if (chosen.every((one) => overlap(one.passages, candidate.passages) < SAME_ASPECT)) chosen.push(candidate);
  }
  return chosen.map(({ term }) => term);
}

function candidates(corpus: Corpus, hits: readonly Hit[]): Candidate[] {
  const found = new Map<string, { passages: Set<number>; weight: number }>();
  for (const { passage, score } of hits) {
    const prose = passage.blocks.filter(({ kind }) => kind !== 'code');
    const texts = [
      ...passage.headings.map(({ text }) => text),
      ...prose.map(({ raw }) => plainText(raw, passage.document.format)),
    ];
    for (const term of new Set(termsOf(texts.join(' ')))) {
      let entry = found.get(term);
      if (!entry) found.set(term, (entry = { passages: new Set(), weight: 0 }));
      entry.passages.add(passage.id);
      entry.weight += score;
    }
  }
  const all = [...found].filter(([, { passages }]) => passages.size >= LEAST_PASSAGES);
  const scored = all.map(([term, { passages, weight }]): Candidate => {
    const rarity = Math.log((corpus.stats.passages + 1) / (corpus.frequency(term) + 1));
    return { term, passages, score: weight * rarity };
  });
  return scored.sort((left, right) => right.score - left.score || (left.term < right.term ? -1 : 1));
}

function isTopical(term: string, corpus: Corpus): boolean {
  if (term.length < 3 || !/^[\p{L}-]+$/u.test(term) || term.includes('-') || isStopWord(term)) return false;
  return corpus.frequency(term) <= Math.max(LEAST_PASSAGES, corpus.stats.passages * COMMON_SHARE);
}

function overlap(left: ReadonlySet<number>, right: ReadonlySet<number>): number {
  let both = 0;
  for (const id of left) if (right.has(id)) both++;
  return both / Math.min(left.size, right.size);
}
