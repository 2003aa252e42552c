// Retrieval for one question: passages, their statements, and how far each passage bears on the question.
import type { Corpus, Hit } from '../corpus/corpus.js';
import type { CorpusDocument, Passage } from '../corpus/document.js';
import type { Statement } from './notes.js';
import { belongsTo, searchTerms, type Question } from './question.js';
import { statementsOf } from './statements.js';

/** So many of the best passages and statements name the documents that are read more closely. */
const FOCUS = 6;
const PASSAGE_SHARE = 0.2;
const NO_EXTRA: ReadonlyMap<string, number> = new Map();

export class ResearchDesk {
  private readonly cache = new Map<string, readonly Statement[]>();
  /** Every search that was made, in words, for the report of a question without an answer. */
  readonly searches: string[] = [];

  constructor(
    readonly corpus: Corpus,
    readonly question: Question,
  ) {}

  /**
   * Best first; then what else the documents say that came out best, or that the question names:
   * a document introduces its subject once and does not repeat its name in every paragraph.
   */
  passages(terms: ReadonlyMap<string, number>, limit: number): Hit[] {
    const label = this.label(terms);
    if (label !== '' && !this.searches.includes(label)) this.searches.push(label);
    const open = this.corpus.search({ terms, limit });
    const near = new Set([
      ...open.slice(0, FOCUS).map(({ passage }) => passage.document),
      ...this.ranked(open)
        .slice(0, FOCUS)
        .map(({ document }) => document),
    ]);
    const within = (document: CorpusDocument): boolean => near.has(document) || this.isNamed(document);
    const more = this.corpus.search({ terms, limit, within });
    const openings = this.question.names.flatMap((name) => this.corpus.openings(name));
    const hits = new Map(openings.map((passage) => [passage.id, { passage, score: open[0]?.score ?? 1 }]));
    for (const hit of [...open, ...more]) hits.set(hit.passage.id, hit);
    return [...hits.values()];
  }

  /** A search in words. */
  label(terms: ReadonlyMap<string, number>): string {
    const words = new Map(this.question.terms.map(({ term, word }) => [term, word.toLowerCase()]));
    return [...terms.keys()].map((term) => words.get(term) ?? this.corpus.surface(term)).join(' ');
  }

  private isNamed(document: CorpusDocument): boolean {
    return this.question.names.some((name) => belongsTo(document, name));
  }

  baseTerms(): Map<string, number> {
    return searchTerms(this.question);
  }

  statements(passage: Passage, extra: ReadonlyMap<string, number> = NO_EXTRA): readonly Statement[] {
    const key = `${passage.id} ${[...extra].join()}`;
    let made = this.cache.get(key);
    if (!made) this.cache.set(key, (made = statementsOf(passage, this.question, extra)));
    return made;
  }

  /** Statements of the hits, best first; what BM25 thinks of the passage counts a little. */
  ranked(hits: readonly Hit[], extra?: ReadonlyMap<string, number>): Statement[] {
    const top = hits.reduce((most, { score }) => Math.max(most, score), 0);
    const all = hits.flatMap(({ passage, score }) =>
      this.statements(passage, extra).map((one) => ({
        ...one,
        score: one.score * (1 - PASSAGE_SHARE + (PASSAGE_SHARE * score) / top),
      })),
    );
    return all.sort(byScore);
  }
}

export function byScore(left: Statement, right: Statement): number {
  return right.score - left.score || left.passage.id - right.passage.id || left.line - right.line;
}
