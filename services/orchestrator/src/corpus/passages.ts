// A document's sections → passages of about a paragraph or two: the unit of retrieval.
import { posix } from 'node:path';
import type { Block, CorpusDocument, DocumentFormat, Heading, Outline } from './document.js';
import { outlineOfHtml } from './html-outline.js';
import { outlineOfMarkdown } from './markdown-outline.js';
import { sentencesOf } from './sentences.js';
import { outlineOfText } from './text-outline.js';

/** A passage is closed when the next block would take its prose beyond this many characters. */
const PASSAGE_CHARACTERS = 700;
const OPENING_CHARACTERS = 400;

export interface PassageDraft {
  readonly headings: readonly Heading[];
  readonly blocks: readonly Block[];
}

export function outlineOf(text: string, format: DocumentFormat): Outline {
  if (format === 'markdown') return outlineOfMarkdown(text);
  return format === 'html' ? outlineOfHtml(text) : outlineOfText(text);
}

/** README and index files are known by their folder, others by their own name. */
function nameOf(path: string): string {
  const parts = path.split('/');
  const base = parts.pop()!.replace(/\.[^.]+$/, '');
  const folder = parts.at(-1);
  if (folder === undefined || !/^(readme|index)\b/i.test(base)) return base;
  const scope = parts.at(-2);
  return scope?.startsWith('@') ? `${scope}/${folder}` : folder;
}

function openingOf(outline: Outline, format: DocumentFormat): string {
  const first = outline.sections.flatMap(({ blocks }) => blocks).find(({ kind }) => kind === 'paragraph');
  const sentence = first && sentencesOf(first, format)[0];
  return sentence ? sentence.text.slice(0, OPENING_CHARACTERS) : '';
}

export function describeDocument(path: string, format: DocumentFormat, outline: Outline): CorpusDocument {
  const name = nameOf(path);
  return { path, name, title: outline.title ?? posix.basename(name), opening: openingOf(outline, format), format };
}

export function draftPassages(outline: Outline): PassageDraft[] {
  const drafts: PassageDraft[] = [];
  for (const { headings, blocks } of outline.sections) {
    let open: Block[] = [];
    let size = 0;
    for (const block of blocks) {
      const length = block.kind === 'code' ? 0 : block.raw.length;
      if (size > 0 && length > 0 && size + length > PASSAGE_CHARACTERS) {
        drafts.push({ headings, blocks: open });
        open = [];
        size = 0;
      }
      open.push(block);
      size += length;
    }
    if (open.length > 0) drafts.push({ headings, blocks: open });
  }
  return drafts;
}
