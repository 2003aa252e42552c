// The documents that research is done on, as searchable passages.

export interface CorpusStats {
  /** Distinct documents in the index. */
  readonly documents: number;
  readonly passages: number;
  /** Files whose content equals that of an indexed one. */
  readonly duplicates: number;
  /** Files left out, by reason. */
  readonly skipped: { readonly tooLarge: number; readonly binary: number; readonly unreadable: number };
}

export interface Corpus {
  readonly stats: CorpusStats;
}
