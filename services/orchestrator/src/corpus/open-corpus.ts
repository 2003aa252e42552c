// Reads a folder of documents and indexes their passages.
import { stat } from 'node:fs/promises';
import { VanaError } from '@vana/events';
import type { Corpus } from './corpus.js';
import { findFiles, formatOf, nameFilter } from './find-files.js';
import { PassageIndex } from './passage-index.js';
import { describeDocument, draftPassages, outlineOf } from './passages.js';
import { readDocument, type ReadOutcome } from './read-document.js';

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

const MAX_FILE_BYTES = 2 * 1024 * 1024;
const FILES_AT_ONCE = 16;
const PASSAGES_PER_TURN = 100;

/**
 * Reads and indexes; the same files give the same corpus, in the same order.
 * @throws VanaError corpus_missing (no such folder), corpus_empty (no readable document), signal.reason
 */
export async function openCorpus(options: CorpusOptions): Promise<Corpus> {
  const { dir, signal, maxFileBytes = MAX_FILE_BYTES } = options;
  const folder = await stat(dir).catch(() => undefined);
  if (!folder?.isDirectory()) throw new VanaError('corpus_missing', { details: { dir } });
  const paths = options.files ?? (await findFiles(dir, nameFilter(options.names), signal));
  const intake = new Intake();
  for (let from = 0; from < paths.length; from += FILES_AT_ONCE) {
    signal?.throwIfAborted();
    const batch = paths.slice(from, from + FILES_AT_ONCE);
    const outcomes = await Promise.all(batch.map((path) => readDocument(dir, path, maxFileBytes)));
    for (const [at, outcome] of outcomes.entries()) await intake.take(batch[at]!, outcome);
  }
  const corpus = intake.finish();
  if (corpus.stats.passages === 0) {
    throw new VanaError('corpus_empty', { details: { dir, files: paths.length, skipped: corpus.stats.skipped } });
  }
  return corpus;
}

/** Indexing is CPU work: between two files, and inside long ones, the event loop gets its turn. */
function nextTurn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

class Intake {
  private readonly index = new PassageIndex();
  private readonly hashes = new Set<string>();
  private readonly skipped = { tooLarge: 0, binary: 0, unreadable: 0 };
  private files = 0;
  private duplicates = 0;
  private passages = 0;

  async take(path: string, outcome: ReadOutcome): Promise<void> {
    if (outcome.kind !== 'text') {
      this.skipped[outcome.kind]++;
      return;
    }
    this.files++;
    if (this.hashes.has(outcome.hash)) {
      this.duplicates++;
      return;
    }
    this.hashes.add(outcome.hash);
    const format = formatOf(path) ?? 'text';
    const outline = outlineOf(outcome.text, format);
    const drafts = draftPassages(outline);
    if (drafts.length === 0) return;
    const document = describeDocument(path, format, outline);
    this.index.addDocument(document);
    for (const [at, draft] of drafts.entries()) {
      if (at % PASSAGES_PER_TURN === 0) await nextTurn();
      this.index.addPassage({ document, ...draft });
    }
    this.passages += drafts.length;
  }

  finish(): PassageIndex {
    this.index.stats = {
      files: this.files,
      documents: this.index.documents.length,
      passages: this.passages,
      duplicates: this.duplicates,
      skipped: this.skipped,
    };
    return this.index;
  }
}
