// What a question asks for: its terms with their weights, neighbouring terms, documents that it names.
import type { Corpus } from '../corpus/corpus.js';
import type { CorpusDocument } from '../corpus/document.js';
import { stem } from '../corpus/stem.js';
import { isStopWord, termsOf } from '../corpus/terms.js';
import { abbreviationsOf } from './abbreviations.js';

type Intent = 'definition' | 'how_to' | 'other';

export interface QuestionTerm {
  readonly term: string;
  /** As the question writes it. */
  readonly word: string;
  /** Share of the question's meaning; all shares add up to 1. Rare terms tell more than common ones. */
  readonly weight: number;
  /** Carries the grammar of the question rather than its subject. */
  readonly weak: boolean;
  /** Passages of the corpus that hold the term; 0: the corpus does not know it. */
  readonly frequency: number;
  /** Terms of the same family (`reconnect` for `disconnect`, `sse` for `server`): they count, but less. */
  readonly relatives: readonly string[];
}

export interface Question {
  readonly text: string;
  readonly intent: Intent;
  /** Term of what somebody wants to do, where the question says so. */
  readonly action?: string;
  readonly terms: readonly QuestionTerm[];
  /** Terms that stand side by side in the question. */
  readonly pairs: readonly (readonly [string, string])[];
  /** Names in the question that are names of documents, in lower case. */
  readonly names: readonly string[];
}

/** They carry the grammar of a question rather than its subject. */
const WEAK_WORDS = new Set(
  (
    'allow answer appropriate available best better build call cause change choose clean common configure correct ' +
    'create define definition describe different difference difficult easy effect enable ensure example exist explain ' +
    'fast find follow general give good handle happen help implement important kind learn mean meaning method new ' +
    'option people perform possible prefer prevent problem proper provide purpose question reason recommend require ' +
    'right run set show simple start stand stop support tell tool type understand usage value variant way work write'
  )
    .split(' ')
    .map(stem),
);
const WEAK_FACTOR = 0.3;
const ACTION_FACTOR = 1.3;
/** Against the rarest word: in a small corpus most words that matter are in most documents. */
const LEAST_RARITY = 0.35;
/** Of a question of thousands of words, the weightiest count. */
const MOST_TERMS = 24;
/** Words that only say that a definition is wanted. */
const DEFINITION_WORDS = new Set(
  ['mean', 'meaning', 'definition', 'define', 'stand', 'abbreviation', 'acronym'].map(stem),
);
const TOKEN = /@?[\p{L}\p{N}]+(?:[._/-][\p{L}\p{N}]+)*/gu;
const PREFIXES = ['re', 'dis', 'un', 'non', 'pre', 'auto'];
const LEAST_ROOT = 6;
/** A word that is also a document's name stands for that document if it is mostly used in documents of that name. */
const NAME_SHARE = 0.3;
const NAME_SAMPLE = 200;

function intentOf(text: string): Intent {
  const lower = text.toLowerCase();
  if (/\bdifferen(?:t|ce)\b|\b(?:best|right|correct) way\b/.test(lower)) return 'other';
  if (/^\s*(?:what|who)(?:'s|\s+is|\s+are|\s+was)\b/.test(lower)) return 'definition';
  if (/\bwhat\s+(?:does|do)\b.*\bmean\b|\bdefin(?:e|ition)\b|\bmeaning of\b|\bstands? for\b/.test(lower))
    return 'definition';
  return /\bhow\b/.test(lower) ? 'how_to' : 'other';
}

/** Stems that differ by a prefix (`reconnect`, `disconnect`), or by `-ate` (`configure`, `configuration`). */
function relativesOf(term: string, corpus: Corpus): string[] {
  const roots = new Set<string>(term.length >= LEAST_ROOT ? [term] : []);
  for (const prefix of PREFIXES) {
    const root = term.slice(prefix.length);
    if (term.startsWith(prefix) && root.length >= LEAST_ROOT) roots.add(root);
  }
  const family = [...roots].flatMap((root) => [root, ...PREFIXES.map((prefix) => prefix + root)]);
  const bare = term.endsWith('at') ? term.slice(0, -2) : term;
  if (bare.length >= LEAST_ROOT) family.push(bare, `${bare}at`);
  return [...new Set(family)].filter((one) => one !== term && corpus.frequency(one) > 0);
}

function isName(token: string, corpus: Corpus): boolean {
  if (corpus.named(token).length === 0) return false;
  if (/[^\p{L}]/u.test(token)) return true;
  const lower = token.toLowerCase();
  const hits = corpus.search({ terms: new Map([[stem(lower), 1]]), limit: NAME_SAMPLE });
  const own = hits.filter(({ passage }) => belongsTo(passage.document, lower));
  return own.length >= hits.length * NAME_SHARE;
}

/** The document bears the name, alone or as a part: `@fastify/cors` belongs to `fastify`. */
export function belongsTo(document: CorpusDocument, name: string): boolean {
  return document.name.toLowerCase().split(/[/@]/).includes(name) || document.name.toLowerCase() === name;
}

/** What is asked about the named documents, or about the world: neither a name nor grammar. */
export function isFocus(term: string, weak: boolean, question: Question): boolean {
  return !weak && !question.names.some((name) => termsOf(name).includes(term));
}

export function hasFocus(question: Question): boolean {
  return question.terms.some(({ term, weak }) => isFocus(term, weak, question));
}

/** The words of one token: `p-limit` is one word, `Server-Sent` is two. */
function wordsOf(token: string, named: boolean): string[] {
  const parts = token.split(/[^\p{L}\p{N}]+/u).filter((part) => part !== '');
  const compound = /^[\p{L}\p{N}]+(?:-[\p{L}\p{N}]+)+$/u.test(token);
  return compound && (named || parts.some((part) => part.length === 1)) ? [token] : parts;
}

/** What somebody wants to do: the first word after "how do I", "how to", "can we". */
function actionOf(text: string): string | undefined {
  const found =
    /\b(?:how|can|could|should|does|do|to)\s+(?:i|we|you|one|to)\s+(?:best\s+|properly\s+|safely\s+)?([a-z]+)/i.exec(
      text,
    );
  return found ? stem(found[1]!.toLowerCase()) : undefined;
}

export function readQuestion(text: string, corpus: Corpus): Question {
  const intent = intentOf(text);
  const names: string[] = [];
  const order: string[] = [];
  const words = new Map<string, string>();
  for (const [token] of text.matchAll(TOKEN)) {
    const named = !isStopWord(token.toLowerCase()) && isName(token, corpus);
    if (named && !names.includes(token.toLowerCase())) names.push(token.toLowerCase());
    for (const part of wordsOf(token, named)) {
      const word = part.toLowerCase();
      if (word.length < 2 || isStopWord(word)) continue;
      const term = stem(word);
      if (intent === 'definition' && DEFINITION_WORDS.has(term)) continue;
      order.push(term);
      if (!words.has(term)) words.set(term, part);
    }
  }
  const pairs = order.slice(1).map((term, at) => [order[at]!, term] as const);
  const alternatives = abbreviationsOf([...words.values()], corpus);
  const action = actionOf(text);
  const terms = weigh(words, action, alternatives, corpus);
  return {
    text: text.trim(),
    intent,
    ...(action === undefined ? {} : { action }),
    terms,
    pairs: pairs.filter(([first, second]) => first !== second),
    names,
  };
}

/** Inverse document frequency; a word that is nowhere counts like one that is in a single passage. */
function rarityOf(frequency: number, total: number): number {
  const held = Math.max(1, frequency);
  return Math.log(1 + (total - held + 0.5) / (held + 0.5));
}

function weigh(
  words: ReadonlyMap<string, string>,
  action: string | undefined,
  alternatives: ReadonlyMap<string, readonly string[]>,
  corpus: Corpus,
): QuestionTerm[] {
  const total = corpus.stats.passages;
  const places = [...words.keys()];
  const raw = [...words].map(([term, word]) => {
    const frequency = corpus.frequency(term);
    const rarity = Math.max(rarityOf(frequency, total), rarityOf(1, total) * LEAST_RARITY);
    const weak = WEAK_WORDS.has(term);
    return { term, word, frequency, weak, share: rarity * (weak ? WEAK_FACTOR : term === action ? ACTION_FACTOR : 1) };
  });
  raw.sort((left, right) => right.share - left.share || (left.term < right.term ? -1 : 1)).splice(MOST_TERMS);
  const sum = raw.reduce((all, { share }) => all + share, 0);
  raw.sort((left, right) => places.indexOf(left.term) - places.indexOf(right.term));
  return raw.map(({ term, word, frequency, weak, share }) => {
    const relatives = [...new Set([...relativesOf(term, corpus), ...(alternatives.get(term) ?? [])])];
    return { term, word, frequency, weak, weight: sum > 0 ? share / sum : 0, relatives };
  });
}

/** Terms and weights to search with; relatives follow with less weight. */
export function searchTerms(question: Question): Map<string, number> {
  const terms = new Map<string, number>();
  const most = Math.max(...question.terms.map(({ weight }) => weight));
  for (const { term, weight } of question.terms) terms.set(term, Math.max(0.25, weight / most));
  for (const { term, relatives } of question.terms) {
    for (const relative of relatives) if (!terms.has(relative)) terms.set(relative, 0.4 * terms.get(term)!);
  }
  return terms;
}
