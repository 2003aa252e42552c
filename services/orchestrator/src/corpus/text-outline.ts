// Plain text → paragraphs; underlined and upper-case lines are headings, far indented lines are code.
import type { Outline } from './document.js';
import { OutlineBuilder } from './outline-builder.js';

const UNDERLINE = /^(={3,}|-{3,}|~{3,})[ \t]*$/;
const ITEM = /^[ \t]*(?:[-*+•]|\d{1,3}[.)])[ \t]+(?=\S)/;

function isCapsHeading(line: string): boolean {
  const text = line.trim();
  return text.length >= 4 && text.length <= 60 && /^\p{Lu}[\p{Lu}\p{N} &/,:-]+$/u.test(text);
}

function isCode(lines: readonly string[]): boolean {
  return lines.every((line) => /^(?: {4}|\t)/.test(line));
}

export function outlineOfText(text: string): Outline {
  const out = new OutlineBuilder();
  const lines = text.split('\n');
  let start = -1;
  let lead = 0;

  const flush = (end: number): void => {
    if (start < 0) return;
    const block = lines.slice(start, end);
    if (block.length === 1 && isCapsHeading(block[0]!)) out.heading(1, block[0]!.trim(), start + 1);
    else {
      const kind = lead > 0 ? 'item' : isCode(block) ? 'code' : 'paragraph';
      const indent = kind === 'code' ? 0 : lead > 0 ? lead : /^[ \t]*/.exec(block[0]!)![0].length;
      out.block(kind, block.join('\n').slice(indent).trimEnd(), start + 1);
    }
    start = -1;
    lead = 0;
  };

  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') {
      flush(index);
    } else if (UNDERLINE.test(line)) {
      const title = start === index - 1 && lead === 0 ? lines[start]!.trim() : '';
      if (title === '') flush(index);
      else out.heading(line.startsWith('=') ? 1 : 2, title, start + 1);
      start = -1;
    } else {
      const item = ITEM.exec(line);
      if (item) flush(index);
      if (start >= 0) continue;
      start = index;
      lead = item ? item[0].length : 0;
    }
  }
  flush(lines.length);
  return out.finish();
}
