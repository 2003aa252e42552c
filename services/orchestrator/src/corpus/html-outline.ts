// HTML → headings and blocks; every block is the exact slice between its first and last character of text.
import { Parser } from 'htmlparser2';
import type { BlockKind, Outline } from './document.js';
import { lineStarts, lineAt } from './lines.js';
import { OutlineBuilder } from './outline-builder.js';
import { plainText } from './plain-text.js';

/** Their text is no statement of the document. */
const SILENT = new Set(
  'script style noscript template svg nav header footer aside select button textarea form iframe math'.split(' '),
);
const INLINE = new Set(
  'a abbr b bdi bdo cite code del dfn em font i ins kbd mark q s samp small span strong sub sup time tt u var wbr'.split(
    ' ',
  ),
);
const HEADING = /^h([1-6])$/;

class HtmlScanner {
  private readonly out: OutlineBuilder;
  private readonly starts: readonly number[];
  private silent = 0;
  private code = 0;
  private inTitle = false;
  private inHead = false;
  private kind: BlockKind = 'paragraph';
  private headingLevel = 0;
  /** Of the text collected since the last block border; -1: none. */
  private from = -1;
  private to = -1;
  /** Start of inline tags that opened right before the text to come, so that they stay in the slice; -1: none. */
  private inlineFrom = -1;

  constructor(
    private readonly html: string,
    title: string | undefined,
  ) {
    this.out = new OutlineBuilder(title);
    this.starts = lineStarts(html);
  }

  scan(): Outline {
    const parser = new Parser(
      {
        onopentagname: (name) => this.open(name, parser.startIndex),
        onclosetag: (name, implied) => this.closeTag(name, implied ? -1 : parser.endIndex),
        ontext: () => this.text(parser.startIndex, parser.endIndex),
      },
      { decodeEntities: false },
    );
    parser.parseComplete(this.html);
    this.flush();
    return this.out.finish();
  }

  private open(name: string, at: number): void {
    if (name === 'head') this.inHead = true;
    if (name === 'title') this.inTitle = true;
    if (SILENT.has(name)) this.silent++;
    if (INLINE.has(name)) {
      if (this.from < 0 && this.inlineFrom < 0) this.inlineFrom = at;
      return;
    }
    this.flush();
    if (name === 'pre') this.code++;
    this.headingLevel = Number(HEADING.exec(name)?.[1] ?? 0);
    this.kind = name === 'li' || name === 'dd' ? 'item' : name === 'td' ? 'row' : 'paragraph';
  }

  private closeTag(name: string, end: number): void {
    if (name === 'title') this.inTitle = false;
    if (name === 'head') this.inHead = false;
    if (SILENT.has(name)) this.silent = Math.max(0, this.silent - 1);
    if (INLINE.has(name)) {
      if (this.from >= 0) this.to = Math.max(this.to, end + 1);
      return;
    }
    this.flush();
    if (name === 'pre') this.code = Math.max(0, this.code - 1);
    this.headingLevel = 0;
    this.kind = 'paragraph';
  }

  private text(start: number, end: number): void {
    if (this.silent > 0 || this.inTitle || this.inHead) return;
    if (this.html.slice(start, end + 1).trim() === '') return;
    if (this.from < 0) this.from = this.inlineFrom < 0 ? start : this.inlineFrom;
    this.to = end + 1;
  }

  private flush(): void {
    this.inlineFrom = -1;
    if (this.from < 0) return;
    const slice = this.html.slice(this.from, this.to);
    const raw = slice.trim();
    const at = this.from + slice.indexOf(raw);
    const line = lineAt(this.starts, at);
    this.from = -1;
    if (this.headingLevel > 0) this.out.heading(this.headingLevel, plainText(raw, 'html'), line);
    else this.out.block(this.code > 0 ? 'code' : this.kind, raw, line);
  }
}

function titleOf(html: string): string | undefined {
  const match = /<title[^>]*>([^<]{1,300})<\/title>/i.exec(html);
  const title = match ? plainText(match[1]!, 'html') : '';
  return title === '' ? undefined : title;
}

export function outlineOfHtml(html: string): Outline {
  return new HtmlScanner(html, titleOf(html)).scan();
}
