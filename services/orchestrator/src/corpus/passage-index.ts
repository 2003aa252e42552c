// Full-text index over passages (BM25 by MiniSearch) and the statistics of their terms.
import MiniSearch from 'minisearch';
import type { Corpus, CorpusStats, Hit, PassageQuery } from './corpus.js';
import type { CorpusDocument, Passage } from './document.js';
import { plainText } from './plain-text.js';
import { stem } from './stem.js';
import { eachWord, isStopWord } from './terms.js';

const FIELDS = ['title', 'heading', 'text', 'code'] as const;
type Field = (typeof FIELDS)[number];
const BOOST: Record<Field, number> = { title: 2.5, heading: 1.8, text: 1, code: 0.35 };
/** A code block is indexed up to here: the names that are used in it stand at its beginning. */
const CODE_CHARACTERS = 1500;

/** What MiniSearch sees: the terms of each field, separated by blanks. */
type Entry = { readonly id: number } & Readonly<Record<Field, string>>;

export class PassageIndex implements Corpus {
  readonly documents: CorpusDocument[] = [];
  private readonly passages: Passage[] = [];
  private readonly byName = new Map<string, CorpusDocument[]>();
  private readonly firstProse = new Map<CorpusDocument, Passage>();
  private readonly passagesWith = new Map<string, number>();
  /** Term → the words that stand for it and how often. */
  private readonly forms = new Map<string, Map<string, number>>();
  private readonly index = new MiniSearch<Entry>({
    fields: [...FIELDS],
    tokenize: (text) => (text === '' ? [] : text.split(' ')),
    processTerm: (term) => term,
    autoVacuum: false,
  });
  stats: CorpusStats = {
    files: 0,
    documents: 0,
    passages: 0,
    duplicates: 0,
    skipped: { tooLarge: 0, binary: 0, unreadable: 0 },
  };

  addDocument(document: CorpusDocument): void {
    this.documents.push(document);
    const key = document.name.toLowerCase();
    const same = this.byName.get(key);
    if (same) same.push(document);
    else this.byName.set(key, [document]);
  }

  addPassage(draft: Omit<Passage, 'id' | 'line'>): void {
    const { document, headings, blocks } = draft;
    const passage: Passage = { ...draft, id: this.passages.length, line: blocks[0]!.line };
    this.passages.push(passage);
    const prose = blocks.filter(({ kind }) => kind !== 'code').map(({ raw }) => plainText(raw, document.format));
    const code = blocks.filter(({ kind }) => kind === 'code').map(({ raw }) => codeText(raw));
    if (blocks.some(({ kind }) => kind === 'paragraph') && !this.firstProse.has(document)) {
      this.firstProse.set(document, passage);
    }
    const seen = new Set<string>();
    this.index.add({
      id: passage.id,
      title: this.terms(`${document.name} ${document.title}`, seen),
      heading: this.terms(headings.map(({ text }) => text).join(' '), seen),
      text: this.terms(prose.join(' '), seen),
      code: this.terms(code.join(' '), seen),
    });
    for (const term of seen) this.passagesWith.set(term, (this.passagesWith.get(term) ?? 0) + 1);
  }

  search({ terms, limit, within }: PassageQuery): Hit[] {
    const weights = [...terms].filter(([term, weight]) => weight > 0 && this.frequency(term) > 0);
    if (weights.length === 0) return [];
    const found = this.index.search(
      { combineWith: 'OR', queries: weights.map(([term, weight]) => weighted(term, weight)) },
      { boost: BOOST },
    );
    let hits = found.map(({ id, score }): Hit => ({ passage: this.passages[id as number]!, score }));
    if (within) hits = hits.filter(({ passage }) => within(passage.document));
    hits.sort((left, right) => right.score - left.score || left.passage.id - right.passage.id);
    return hits.slice(0, limit);
  }

  frequency(term: string): number {
    return this.passagesWith.get(term) ?? 0;
  }

  surface(term: string): string {
    let best = term;
    let most = 0;
    for (const [form, count] of this.forms.get(term) ?? []) {
      if (count > most || (count === most && form < best)) [best, most] = [form, count];
    }
    return best;
  }

  named(word: string): readonly CorpusDocument[] {
    return this.byName.get(word.toLowerCase()) ?? [];
  }

  openings(name: string): readonly Passage[] {
    return this.named(name).flatMap((document) => this.firstProse.get(document) ?? []);
  }

  private terms(text: string, seen: Set<string>): string {
    const terms: string[] = [];
    eachWord(text, (word) => {
      if (word.length < 2 || isStopWord(word)) return;
      const term = stem(word);
      terms.push(term);
      seen.add(term);
      let forms = this.forms.get(term);
      if (!forms) this.forms.set(term, (forms = new Map<string, number>()));
      forms.set(word, (forms.get(word) ?? 0) + 1);
    });
    return terms.join(' ');
  }
}

/** Without the fence, whose language is no word of the text. */
function codeText(raw: string): string {
  return raw.replace(/^\s*(?:`{3,}|~{3,}).*\n/, '').slice(0, CODE_CHARACTERS);
}

function weighted(term: string, weight: number): { queries: string[]; combineWith: 'OR'; boostTerm: () => number } {
  return { queries: [term], combineWith: 'OR', boostTerm: () => weight };
}
