// A block → its sentences, each an exact slice of the file with its line.
import type { Block, DocumentFormat } from './document.js';
import { plainText } from './plain-text.js';

export interface Sentence {
  /** Offset of `raw` in the block. */
  readonly start: number;
  /** Line of its first character, from 1. */
  readonly line: number;
  /** Exact slice of the file. */
  readonly raw: string;
  /** The same without markup, on one line. */
  readonly text: string;
}

const ABBREVIATION =
  /(?:^|[\s(])(?:e\.g|i\.e|etc|vs|cf|approx|resp|incl|esp|al|mr|mrs|dr|fig|no|vol|st|inc|ltd|[a-z]|\d{1,2})\.$/i;
const BOUNDARY = /([.!?]+|[。！？])(["'”’)\]*_`]*)(?=\s|$|[^\x00-\x7f])/g;
/** Whose inner full stops end nothing: code, link targets, tags, addresses. */
const OPAQUE = /(`+)(?!`)[\s\S]*?[^`]\1(?!`)|\]\([^()]*(?:\([^()]*\)[^()]*)*\)|<[^<>]*>|https?:\/\/[^\s)>\]]+/g;

function masked(raw: string): string {
  return raw.replace(OPAQUE, (found) => found[0]! + 'x'.repeat(Math.max(0, found.length - 2)) + found.at(-1)!);
}

/** End offsets of the sentences of `raw`. */
function ends(raw: string): number[] {
  const mask = masked(raw);
  const found: number[] = [];
  for (const match of mask.matchAll(BOUNDARY)) {
    const end = match.index + match[0].length;
    const after = mask.slice(end).trimStart();
    if (after === '') break;
    if (match[1] === '.' && ABBREVIATION.test(mask.slice(Math.max(0, end - 12), match.index + 1))) continue;
    if (/^\p{Ll}/u.test(after)) continue;
    // A remark in brackets (buggy!) ends nothing, unless the brackets hold a whole sentence.
    if (match[2]!.includes(')') && !/^[\s>]*\(/.test(mask.slice(found.at(-1) ?? 0, end))) continue;
    found.push(end);
  }
  found.push(raw.length);
  return found;
}

function countLines(text: string): number {
  let count = 0;
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) count++;
  return count;
}

/** One table row is one sentence: its cells, separated by dashes. */
function rowText(raw: string, format: DocumentFormat): string {
  const cells = raw
    .replace(/^\|/, '')
    .replace(/\|$/, '')
    .split(/(?<!\\)\|/);
  const texts = cells.map((cell) => plainText(cell, format)).filter((cell) => /[\p{L}\p{N}]/u.test(cell));
  return texts.join(' – ');
}

/** Code blocks have none. */
export function sentencesOf(block: Block, format: DocumentFormat): Sentence[] {
  if (block.kind === 'code') return [];
  if (block.kind === 'row' && format === 'markdown') {
    return [{ start: 0, line: block.line, raw: block.raw, text: rowText(block.raw, format) }];
  }
  const sentences: Sentence[] = [];
  let from = 0;
  for (const end of ends(block.raw)) {
    const slice = block.raw.slice(from, end);
    const lead = slice.length - slice.replace(/^(?:\s|>(?=\s))+/, '').length;
    const raw = slice.slice(lead).trimEnd();
    const start = from + lead;
    const line = block.line + countLines(block.raw.slice(0, start));
    from = end;
    const text = plainText(raw, format);
    if (text !== '') sentences.push({ start, line, raw, text });
  }
  return sentences;
}
