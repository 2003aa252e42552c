// The documents that research is done on, as searchable passages.
import type { CorpusDocument, Passage } from './document.js';

export interface CorpusStats {
  /** Files that were read as text. */
  readonly files: number;
  /** Distinct documents with something to search for. */
  readonly documents: number;
  readonly passages: number;
  /** Files whose content equals that of an indexed one. */
  readonly duplicates: number;
  /** Files left out, by reason. */
  readonly skipped: { readonly tooLarge: number; readonly binary: number; readonly unreadable: number };
}

/** A term is a stemmed lower-case word (see terms.ts). */
export interface PassageQuery {
  /** Terms with their weights; a passage need not hold all of them. */
  readonly terms: ReadonlyMap<string, number>;
  readonly limit: number;
  /** Only passages of documents for which this holds. */
  readonly within?: (document: CorpusDocument) => boolean;
}

export interface Hit {
  readonly passage: Passage;
  /** BM25 over title, heading, text and code; comparable inside one query only. */
  readonly score: number;
}

export interface Corpus {
  readonly stats: CorpusStats;
  readonly documents: readonly CorpusDocument[];
  /** Best first; equal scores in corpus order. Takes some milliseconds of the event loop. */
  search(query: PassageQuery): Hit[];
  /** In how many passages the term occurs (0: nowhere). */
  frequency(term: string): number;
  /** The form in which the corpus writes the term most often. */
  surface(term: string): string;
  /** Documents whose name is this word, any case. */
  named(word: string): readonly CorpusDocument[];
  /** First passage with prose of each document of that name. */
  openings(name: string): readonly Passage[];
}
