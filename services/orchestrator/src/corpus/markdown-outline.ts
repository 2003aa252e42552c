// Markdown → headings and blocks, line by line. Not a renderer: it only has to know where statements,
// code, tables and headings begin, and to leave out what nobody would quote (badges, comments, link lists).
import type { Outline } from './document.js';
import { OutlineBuilder } from './outline-builder.js';
import { plainText } from './plain-text.js';

const ATX = /^ {0,3}(#{1,6})(?:[ \t]+|(?=[A-Za-z@`]))(.*?)(?:[ \t]+#+)?[ \t]*$/;
const FENCE = /^[ \t]*(?:>[ \t]?)*(?:(?:[-*+]|\d+[.)])[ \t]+)?(`{3,}|~{3,})([^`]*)$/;
const ITEM = /^([ \t]*(?:>[ \t]?)*)([-*+•]|\d{1,3}[.)])[ \t]+(?=\S)/;
const RULE = /^ {0,3}(?:(?:-[ \t]*){3,}|(?:\*[ \t]*){3,}|(?:_[ \t]*){3,})$/;
const DELIMITER_ROW = /^[ \t]*\|?[ \t]*:?-{2,}:?[ \t]*(?:\|[ \t]*:?-{2,}:?[ \t]*)*\|?[ \t]*$/;
const REFERENCE = /^ {0,3}\[[^\]]+\]:\s*\S/;
const HTML_HEADING = /^[ \t]*<h([1-6])\b[^>]*>(.*?)(?:<\/h\1>|$)/i;
const CALLOUT = /^[ \t]*>[ \t]*\[![A-Z]+\][ \t]*$/;
const LINK = /!?\[(?:[^[\]]|\[[^[\]]*\](?:\([^()]*\))?)*\](?:\((?:[^()]|\([^()]*\))*\)|\[[^\]]*\])/g;

/** Longer lines are text without structure (data, minified code). */
const LONGEST_MARKUP = 5000;

/** Nothing but links, images and punctuation: badges, tables of contents, link lists. */
function linksOnly(raw: string): boolean {
  if (raw.length > LONGEST_MARKUP) return false;
  if (!raw.includes('[') && !raw.includes('<') && !raw.includes('http')) return false;
  const rest = raw
    .replace(/<a\b[\s\S]*?<\/a>/gi, '')
    .replace(LINK, '')
    .replace(/<[^>]*>?/g, '')
    .replace(/https?:\/\/\S+/g, '')
    .replace(/\[[^\]]*\]/g, '');
  return !/[\p{L}\p{N}]{2}/u.test(rest);
}

class MarkdownScanner {
  private readonly out = new OutlineBuilder();
  private readonly lines: string[];
  private index = 0;
  /** First line of the paragraph or item that is being collected. */
  private start = -1;
  private kind: 'paragraph' | 'item' = 'paragraph';
  /** Characters of the first line before its text (a list marker). */
  private lead = 0;
  private inList = false;

  constructor(text: string) {
    this.lines = text.split('\n');
  }

  scan(): Outline {
    this.skipFrontMatter();
    for (; this.index < this.lines.length; this.index++) this.line(this.lines[this.index]!);
    this.flush(this.index);
    return this.out.finish();
  }

  private skipFrontMatter(): void {
    if (this.lines[0]?.trimEnd() !== '---') return;
    const end = this.lines.findIndex((line, at) => at > 0 && line.trimEnd() === '---');
    if (end > 0 && end < 60) this.index = end + 1;
  }

  private line(line: string): void {
    if (line.trim() === '' || /^[ \t]*>[ \t]*$/.test(line)) return this.flush(this.index);
    if (line.length > LONGEST_MARKUP) return this.start < 0 ? this.begin('paragraph', 0) : undefined;
    if (this.fence(line) || this.headingLine(line) || this.html(line) || this.table(line)) return;
    if (RULE.test(line) || REFERENCE.test(line) || CALLOUT.test(line)) return this.flush(this.index);
    const item = ITEM.exec(line);
    if (item) {
      this.flush(this.index);
      this.begin('item', item[0].length);
      this.inList = true;
      return;
    }
    if (this.start >= 0) return;
    if (this.indentedCode(line)) return;
    if (!/^[ \t]/.test(line)) this.inList = false;
    this.begin('paragraph', /^[ \t]*(?:>[ \t]?)*/.exec(line)![0].length);
  }

  private begin(kind: 'paragraph' | 'item', lead: number): void {
    this.start = this.index;
    this.kind = kind;
    this.lead = lead;
  }

  private flush(end: number): void {
    if (this.start < 0) return;
    const raw = this.lines.slice(this.start, end).join('\n').slice(this.lead).trimEnd();
    if (!linksOnly(raw)) this.out.block(this.kind, raw, this.start + 1);
    this.start = -1;
  }

  private fence(line: string): boolean {
    const opening = FENCE.exec(line);
    if (!opening) return false;
    this.flush(this.index);
    const mark = opening[1]!;
    const from = this.index + 1;
    let end = from;
    const closing = new RegExp(`^[ \\t]*(?:>[ \\t]?)*${mark[0]!}{${mark.length},}[ \\t]*$`);
    while (end < this.lines.length && !closing.test(this.lines[end]!)) end++;
    this.out.block('code', this.lines.slice(this.index, end + 1).join('\n'), this.index + 1);
    this.index = end;
    return true;
  }

  private indentedCode(line: string): boolean {
    const width = /^[ \t]*/.exec(line)![0].replace(/\t/g, '    ').length;
    if (width < (this.inList ? 8 : 4)) return false;
    const from = this.index;
    let end = from;
    for (let at = from; at < this.lines.length; at++) {
      if (this.lines[at]!.trim() === '') continue;
      if (/^[ \t]*/.exec(this.lines[at]!)![0].replace(/\t/g, '    ').length < width) break;
      end = at;
    }
    this.out.block('code', this.lines.slice(from, end + 1).join('\n'), from + 1);
    this.index = end;
    return true;
  }

  private headingLine(line: string): boolean {
    const atx = ATX.exec(line);
    if (atx) {
      this.flush(this.index);
      this.heading(atx[1]!.length, atx[2]!, this.index);
      return true;
    }
    const underline = /^ {0,3}(=+|-+)[ \t]*$/.exec(line);
    if (!underline || this.start < 0 || this.kind === 'item' || this.index - this.start > 2) return false;
    const text = this.lines.slice(this.start, this.index).join(' ');
    const line0 = this.start;
    this.start = -1;
    this.heading(underline[1]!.startsWith('=') ? 1 : 2, text, line0);
    return true;
  }

  private heading(level: number, raw: string, at: number): void {
    this.inList = false;
    this.out.heading(level, plainText(raw, 'markdown'), at + 1);
  }

  /** Lines of tags without text, comments, and HTML headings. */
  private html(line: string): boolean {
    if (!/^[ \t]*(?:>[ \t]?)*</.test(line)) return false;
    const heading = HTML_HEADING.exec(line);
    if (heading) {
      this.flush(this.index);
      this.heading(Number(heading[1]), heading[2]!, this.index);
      return true;
    }
    if (/^[ \t]*<!--/.test(line)) return this.skipUntil('-->');
    if (/^[ \t]*<(script|style|svg|picture|video)\b/i.test(line)) {
      return this.skipUntil(`</${/<(\w+)/.exec(line)![1]!}`);
    }
    if (/^[ \t]*<[a-z][^<>]*$/i.test(line)) return this.skipUntil('>');
    if (plainText(line, 'html') !== '') return false;
    this.flush(this.index);
    return true;
  }

  /** The construct ends on the line that holds `mark`; what follows the mark there is dropped with it. */
  private skipUntil(mark: string): boolean {
    this.flush(this.index);
    for (let at = this.index; at < this.lines.length; at++) {
      if (!this.lines[at]!.toLowerCase().includes(mark)) continue;
      this.index = at;
      return true;
    }
    return true;
  }

  private table(line: string): boolean {
    const next = this.lines[this.index + 1];
    if (!line.includes('|') || next === undefined || !next.includes('-') || !DELIMITER_ROW.test(next)) return false;
    if (!next.includes('|')) return false;
    this.flush(this.index);
    let at = this.index + 2;
    for (; at < this.lines.length && this.lines[at]!.includes('|') && this.lines[at]!.trim() !== ''; at++) {
      const row = this.lines[at]!;
      if (!linksOnly(row)) this.out.block('row', row.trim(), at + 1);
    }
    this.index = at - 1;
    return true;
  }
}

export function outlineOfMarkdown(text: string): Outline {
  return new MarkdownScanner(text).scan();
}
