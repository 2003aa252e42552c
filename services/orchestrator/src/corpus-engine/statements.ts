// Passage → the statements in it that bear on the question, scored.
import type { Block, CorpusDocument, Passage } from '../corpus/document.js';
import { sentencesOf, type Sentence } from '../corpus/sentences.js';
import { termsOf } from '../corpus/terms.js';
import type { Statement } from './notes.js';
import { belongsTo, hasFocus, isFocus, type Question } from './question.js';
import { defines, instructs, isAnaphoric, quality } from './sentence-quality.js';

/** How much a term counts where it stands. */
const CREDIT = { sentence: 1, inside: 0.7, heading: 0.8, title: 0.7, passage: 0.45, opening: 0.5 } as const;
const RELATIVE_FACTOR = 0.6;
const PAIR_BONUS = 0.12;
/** A pair of the question's terms in the document's first words: the document is about the same thing. */
const OPENING_PAIR_COVERAGE = 0.04;
const DEFINITION_BONUS = 0.35;
const INSTRUCTION_BONUS = 0.1;
/** It leans on a sentence that could not be taken along. */
const LEANING_FACTOR = 0.6;
const TOPIC_PER_PAIR = 0.12;
const TOPIC_MOST = 0.3;
/** A question that names documents is asked about them: about the very one, its family, the rest. */
const NAMED_FACTOR = { same: 1.5, family: 0.9, other: 0.75 } as const;
const LONGEST_STATEMENT = 420;
/** The next sentence joins a statement when it scores at least this share of it. */
const JOIN_SHARE = 0.7;

interface Context {
  readonly question: Question;
  readonly extra: ReadonlyMap<string, number>;
  readonly heading: ReadonlySet<string>;
  readonly title: ReadonlySet<string>;
  readonly passage: ReadonlySet<string>;
  readonly opening: readonly string[];
  /** Terms of the names by which the question calls this document. */
  readonly named: ReadonlySet<string>;
  readonly factor: number;
}

interface Scored {
  readonly sentence: Sentence;
  readonly coverage: number;
  readonly score: number;
  readonly ownShare: number;
  readonly touched: ReadonlySet<string>;
  readonly defines: boolean;
}

function contextOf(passage: Passage, question: Question, extra: ReadonlyMap<string, number>): Context {
  const { document, headings, blocks } = passage;
  const same = question.names.includes(document.name.toLowerCase());
  const named = question.names.filter((name) => belongsTo(document, name));
  const about = same ? 'same' : named.length > 0 ? 'family' : 'other';
  const prose = blocks.filter(({ kind }) => kind !== 'code').map(({ raw }) => raw);
  const inner = headings.filter(({ text }) => text !== document.title);
  return {
    question,
    extra,
    heading: new Set(termsOf(inner.map(({ text }) => text).join(' '))),
    title: new Set(termsOf(`${document.name} ${document.title}`)),
    passage: new Set(termsOf(prose.join(' '))),
    opening: termsOf(document.opening),
    named: new Set(same ? named.flatMap((name) => termsOf(name)) : []),
    factor: question.names.length === 0 ? topicFactor(document, question) : NAMED_FACTOR[about],
  };
}

/** A document whose first words hold pairs of the question's terms is about what is asked. */
function topicFactor({ opening, title }: CorpusDocument, { pairs }: Question): number {
  const order = termsOf(`${title} ${opening}`);
  const held = pairs.filter(([first, second]) => adjacent(order, first, second)).length;
  return 1 + Math.min(TOPIC_MOST, TOPIC_PER_PAIR * held);
}

/** Words of a sentence; those inside an identifier (`onRequest`) or a scope (`@fastify/cors`) count less. */
interface OwnTerms {
  readonly order: readonly string[];
  readonly whole: ReadonlySet<string>;
  readonly inside: ReadonlySet<string>;
}

function ownTerms(text: string): OwnTerms {
  const words = text.replace(/@[\p{L}\p{N}-]+\//gu, '').replace(/(?<=[a-z0-9])(?=[A-Z])/g, '\u0001');
  const order = termsOf(words.replace(/[\p{L}\p{N}\u0001]*\u0001[\p{L}\p{N}\u0001]*/gu, ' '));
  return { order, whole: new Set(order), inside: new Set(termsOf(text)) };
}

/** With at most one word in between. */
function adjacent(order: readonly string[], first: string, second: string): boolean {
  const at = order.indexOf(first);
  return at >= 0 && order.slice(at + 1, at + 3).includes(second);
}

function ownCredit(term: string, own: OwnTerms): number {
  if (own.whole.has(term)) return CREDIT.sentence;
  return own.inside.has(term) ? CREDIT.inside : 0;
}

function contextCredit(term: string, context: Context): number {
  if (context.named.has(term)) return CREDIT.sentence;
  if (context.heading.has(term)) return CREDIT.heading;
  if (context.title.has(term)) return CREDIT.title;
  if (context.passage.has(term)) return CREDIT.passage;
  return context.opening.includes(term) ? CREDIT.opening : 0;
}

function scoreSentence(sentence: Sentence, block: Block, passage: Passage, context: Context): Scored | undefined {
  const worth = quality(sentence, block, passage, context.question);
  if (worth === 0) return undefined;
  const own = ownTerms(sentence.text);
  const touched = new Set<string>();
  let coverage = 0;
  let ownShare = 0;
  let focus = 0;
  for (const { term, weight, weak, relatives } of context.question.terms) {
    let inSentence = ownCredit(term, own);
    let around = contextCredit(term, context);
    for (const relative of relatives) {
      inSentence = Math.max(inSentence, RELATIVE_FACTOR * ownCredit(relative, own));
      around = Math.max(around, RELATIVE_FACTOR * contextCredit(relative, context));
    }
    coverage += weight * Math.max(inSentence, around);
    const here = Math.max(inSentence, context.heading.has(term) ? CREDIT.heading : 0);
    ownShare += weight * (context.named.has(term) ? 1 : inSentence);
    if (isFocus(term, weak, context.question)) focus += weight * here;
    if (inSentence > 0 || around >= CREDIT.opening) touched.add(term);
  }
  if (focus === 0 && hasFocus(context.question)) return undefined;
  let bonus = 0;
  for (const [first, second] of context.question.pairs) {
    if (adjacent(own.order, first, second)) bonus += PAIR_BONUS;
    else if (adjacent(context.opening, first, second)) coverage = Math.min(1, coverage + OPENING_PAIR_COVERAGE);
  }
  for (const [term, weight] of context.extra) if (own.inside.has(term)) bonus += weight;
  const definition = context.question.intent === 'definition' ? defines(sentence, block, passage, context.question) : 0;
  bonus += DEFINITION_BONUS * definition;
  if (context.question.intent === 'how_to') {
    bonus += INSTRUCTION_BONUS * instructs(sentence.text, context.question.action);
  }
  const score = (coverage * (0.5 + 0.5 * ownShare) + bonus) * worth * context.factor;
  return { sentence, coverage, ownShare, score, touched, defines: definition > 0 };
}

/**
 * The best statement of each block, in the order of the passage.
 * @param extra terms of the aspect that is looked into, with what they add to a sentence's score
 */
export function statementsOf(passage: Passage, question: Question, extra: ReadonlyMap<string, number>): Statement[] {
  const context = contextOf(passage, question, extra);
  const found: Statement[] = [];
  for (const block of passage.blocks) {
    const sentences = sentencesOf(block, passage.document.format);
    const scored = sentences.map((sentence) => scoreSentence(sentence, block, passage, context));
    let best = -1;
    for (const [at, one] of scored.entries()) {
      if (one && (best < 0 || one.score > scored[best]!.score)) best = at;
    }
    if (best >= 0) found.push(assemble(passage, block, sentences, scored, best));
  }
  return found;
}

function assemble(
  passage: Passage,
  block: Block,
  sentences: readonly Sentence[],
  scored: readonly (Scored | undefined)[],
  best: number,
): Statement {
  const core = scored[best]!;
  let [from, to] = [best, best];
  const size = (): number => sentences.slice(from, to + 1).reduce((sum, { text }) => sum + text.length + 1, 0);
  const fits = (at: number): boolean =>
    scored[at] !== undefined && size() + sentences[at]!.text.length <= LONGEST_STATEMENT;
  while (from > 0 && isAnaphoric(sentences[from]!.text) && fits(from - 1)) from--;
  while (to + 1 < sentences.length && fits(to + 1) && (scored[to + 1]?.score ?? 0) >= core.score * JOIN_SHARE) to++;
  const used = sentences.slice(from, to + 1);
  const last = used.at(-1)!;
  return {
    passage,
    document: passage.document,
    headings: passage.headings,
    line: used[0]!.line,
    quote: block.raw.slice(used[0]!.start, last.start + last.raw.length),
    text: used.map(({ text }) => text).join(' '),
    coverage: core.coverage,
    ownShare: core.ownShare,
    score: core.score * (isAnaphoric(used[0]!.text) ? LEANING_FACTOR : 1),
    touched: core.touched,
    defines: core.defines,
  };
}
