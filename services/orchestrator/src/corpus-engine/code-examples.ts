// The piece of code in a document that shows best what was asked for.
import type { Block, Passage } from '../corpus/document.js';
import { termsOf } from '../corpus/terms.js';
import type { Statement } from './notes.js';
import type { Question } from './question.js';
import type { ResearchDesk } from './research-desk.js';

const PASSAGES_READ = 60;
const MOST_LINES = 22;
const WIDEST_LINE = 110;
/** Where a term of the question counts how much. */
const CREDIT = { code: 0.7, heading: 0.6, text: 0.4, title: 0.4 } as const;
const LEAST_COVERAGE = 0.4;
/** A term of at least this weight must be in sight of the code. */
const HEAVY = 0.2;
const USAGE_BONUS = 0.1;
const COST_PER_LINE = 0.004;
/** Commands that install or start something show nothing. */
const SHELL = /^(?:sh|bash|shell|console|zsh|terminal|powershell|bat|cmd|diff|text|txt|plain)?$/i;

/** @param names of the documents to choose from, best first */
export function findExample(desk: ResearchDesk, names: readonly string[]): Statement | undefined {
  if (desk.question.intent !== 'how_to') return undefined;
  const hits = desk.passages(desk.baseTerms(), PASSAGES_READ);
  for (const name of names) {
    const own = hits.filter(({ passage }) => passage.document.name === name).map(({ passage }) => passage);
    const found = own.flatMap((passage) =>
      passage.blocks.flatMap((block) => rate(block, passage, desk.question) ?? []),
    );
    found.sort(
      (left, right) => right.score - left.score || left.passage.id - right.passage.id || left.line - right.line,
    );
    if (found[0]) return found[0];
  }
  return undefined;
}

function rate(block: Block, passage: Passage, question: Question): Statement | undefined {
  if (!isShowable(block)) return undefined;
  const { document, headings } = passage;
  const code = new Set(termsOf(block.raw));
  const heading = new Set(termsOf(headings.map(({ text }) => text).join(' ')));
  const around = passage.blocks.filter(({ kind }) => kind !== 'code').map(({ raw }) => raw);
  const text = new Set(termsOf(around.join(' ')));
  const title = new Set(termsOf(`${document.name} ${document.opening}`));
  const touched = new Set<string>();
  let coverage = 0;
  for (const { term, weight } of question.terms) {
    const credit = Math.max(
      code.has(term) ? CREDIT.code : 0,
      heading.has(term) ? CREDIT.heading : 0,
      text.has(term) ? CREDIT.text : 0,
      title.has(term) ? CREDIT.title : 0,
    );
    coverage += weight * credit;
    if (credit > 0) touched.add(term);
  }
  if (coverage < LEAST_COVERAGE || missesHeavy(question, touched)) return undefined;
  const usage = headings.some(({ text: name }) => /\b(?:usage|examples?|quick start|getting started)\b/i.test(name));
  const score = coverage + (usage ? USAGE_BONUS : 0) - COST_PER_LINE * block.raw.split('\n').length;
  const { line, raw } = block;
  return {
    passage,
    document,
    headings,
    line,
    quote: raw,
    text: raw,
    coverage,
    ownShare: 0,
    score,
    touched,
    defines: false,
  };
}

function missesHeavy({ terms }: Question, touched: ReadonlySet<string>): boolean {
  return terms.some(({ term, weak, weight }) => !weak && weight >= HEAVY && !touched.has(term));
}

function isShowable({ kind, raw }: Block): boolean {
  const fence = /^(`{3,})[ \t]*([\w+-]*)[^\n]*\n[^]*\n\1[ \t]*$/.exec(raw);
  if (kind !== 'code' || !fence || SHELL.test(fence[2]!)) return false;
  const lines = raw.split('\n');
  return lines.length >= 4 && lines.length <= MOST_LINES && lines.every(({ length }) => length <= WIDEST_LINE);
}
