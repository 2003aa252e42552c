// The outline as Markdown, in blocks that follow each other. Only statements of the corpus are cited; the
// sentences in between speak about the search, never about the subject.
import type { CorpusStats } from '../corpus/corpus.js';
import type { Heading } from '../corpus/document.js';
import type { Cited, OutlinedSection, ReportOutline } from './report-outline.js';
import type { Question } from './question.js';

const TITLE_CHARACTERS = 200;
/** Headings that tell nothing without the text below them. */
const PLAIN_HEADING =
  /^(?:usage|api|options?|examples?|features?|introduction|overview|readme|description|about|documentation|docs|parameters|arguments|methods|notes?|faq|getting started|quick start|why\??|background|motivation|synopsis|details|basics|general|core features|properties|functions)$/i;

export interface SearchRecord {
  readonly stats: CorpusStats;
  readonly question: Question;
  /** In words. */
  readonly searches: readonly string[];
}

export function titleBlock({ text }: Question): string {
  const line = text.replace(/\s+/g, ' ');
  const cut = line.length <= TITLE_CHARACTERS ? line : `${line.slice(0, TITLE_CHARACTERS - 1)}…`;
  return `# ${safe(cut)}\n\n`;
}

export function answerBlock({ judgement, short }: ReportOutline, question: Question): string {
  if (judgement.verdict === 'not_in_corpus') {
    return '**The documents do not answer this question.** Nothing in them bears on it closely enough to be quoted.\n\n';
  }
  const said = spoken(short);
  if (judgement.verdict === 'answered') return `**Short answer.**${said}`;
  const { uncovered } = judgement;
  const undefinedYet = question.intent === 'definition' && !short.some(({ statement }) => statement.defines);
  const missing =
    uncovered.length > 0
      ? ` They say nothing about ${list(uncovered)}.`
      : undefinedYet
        ? ' They do not say what it is.'
        : '';
  return `**The documents answer this question only in part.**${missing} What comes closest:${said}`;
}

/** One statement follows its introduction; several are a list that names their documents. */
function spoken(short: readonly Cited[]): string {
  if (short.length === 1) return ` ${sentence(short[0]!)}\n\n`;
  return `\n\n${short.map((one) => `- ${context(one, '', true)}${sentence(one)}\n`).join('')}\n`;
}

/** A piece of code that shows what was said, as it stands in its document. */
export function exampleBlock({ statement, shortId }: Cited): string {
  const { document, headings, quote } = statement;
  const inner = headings.at(-1)?.text ?? '';
  const under = inner === '' || inner === document.title ? '' : `, under “${safe(inner)}”`;
  return `Example from ${safe(document.name)}${under} [${shortId}]:\n\n${quote}\n\n`;
}

export function sectionBlock({ title, statements }: OutlinedSection): string {
  const items = statements.map((one) => {
    return `- ${context(one, title, !title.includes(one.statement.document.name))}${sentence(one)}\n`;
  });
  return `## ${safe(title)}\n\n${items.join('')}\n`;
}

/** For a question that is not, or not wholly, answered: what was looked for. */
export function searchBlock({ stats, question, searches }: SearchRecord): string {
  const words = question.terms.map(({ word, frequency }) => {
    const where = frequency === 0 ? 'in no passage' : `in ${count(frequency, 'passage')}`;
    return `- “${safe(word)}”: ${where}\n`;
  });
  const looked = `${count(stats.documents, 'document')} (${count(stats.passages, 'passage')})`;
  const made = searches.length === 0 ? '' : `\nSearched for: ${searches.map((one) => `“${safe(one)}”`).join('; ')}.\n`;
  const known = words.length === 0 ? 'The question holds no word to search for.\n' : words.join('');
  return `## What was searched\n\n${looked} were searched. The words of the question occur:\n\n${known}${made}\n`;
}

export function sourcesHeading(): string {
  return '## Sources\n\n';
}

/** The quote keeps the lines of the file: each line behind `> ` is a line of it, or a part of one. */
export function sourceBlock({ statement, shortId }: Cited): string {
  const { document, line, headings, quote } = statement;
  const below = headingPath(headings);
  const place = `\`${document.path}\`, line ${line}${below === '' ? '' : `, under “${safe(below)}”`}`;
  const quoted = quote.split('\n').map((part) => `  > ${part}\n`);
  return `- **[${shortId}]** ${place}\n\n${quoted.join('')}\n`;
}

export function headingPath(headings: readonly Heading[]): string {
  return headings.map(({ text }) => text).join(' › ');
}

function sentence({ statement, shortId }: Cited): string {
  const text = safe(statement.text);
  return /[.!?…]["'”’)`*]*$/.test(text) ? `${text} [${shortId}]` : `${text} [${shortId}].`;
}

/** `**document, heading:** `, as far as the section's title does not say it. */
function context({ statement }: Cited, title: string, named: boolean): string {
  const { document, headings } = statement;
  const inner = headings.at(-1)?.text ?? '';
  const plain = inner === '' || PLAIN_HEADING.test(inner) || inner === document.title || title.includes(inner);
  const parts = [named ? document.name : '', plain ? '' : inner].filter((part) => part !== '');
  return parts.length === 0 ? '' : `**${safe(parts.join(', ').replace(/[\s:.?!]+$/, ''))}:** `;
}

/** Text of a document must not act as HTML in the report. */
function safe(text: string): string {
  return text
    .split(/(`+[^`]*`+)/)
    .map((part) => (part.startsWith('`') ? part : part.replace(/<(?=[a-z/!?])/gi, '\\<')))
    .join('');
}

function list(words: readonly string[]): string {
  const quoted = words.map((word) => `“${safe(word)}”`);
  const last = quoted.pop()!;
  return quoted.length === 0 ? last : `${quoted.join(', ')} or ${last}`;
}

function count(number: number, noun: string): string {
  return `${number.toLocaleString('en-US')} ${noun}${number === 1 ? '' : 's'}`;
}
