// Collects headings and blocks in the order of the file.
import type { Block, BlockKind, Heading, Outline, Section } from './document.js';

/** Longer blocks are cut, so that no later step meets a text of megabytes. */
const LONGEST_BLOCK = 4000;

/** Where to cut a long block: after a sentence, else a line, else a word. */
function cutAt(raw: string): number {
  const head = raw.slice(0, LONGEST_BLOCK);
  for (const mark of ['. ', '.\n', '\n', ' ']) {
    const at = head.lastIndexOf(mark);
    if (at > LONGEST_BLOCK / 2) return at + mark.length;
  }
  return LONGEST_BLOCK;
}

export class OutlineBuilder {
  private readonly sections: Section[] = [];
  /** Open headings by level. */
  private open: { readonly level: number; readonly heading: Heading }[] = [];
  private blocks: Block[] = [];
  private title: string | undefined;

  /** `explicitTitle` (an HTML title) wins over the first top heading. */
  constructor(private readonly explicitTitle?: string) {}

  heading(level: number, text: string, line: number): void {
    if (text === '') return;
    this.close();
    if (level <= 2) this.title ??= text;
    this.open = this.open.filter((open) => open.level < level);
    this.open.push({ level, heading: { text, line } });
  }

  block(kind: BlockKind, raw: string, line: number): void {
    let [rest, at] = [raw, line];
    while (rest.length > LONGEST_BLOCK) {
      const piece = rest.slice(0, cutAt(rest));
      this.add(kind, piece, at);
      at += piece.split('\n').length - 1;
      rest = rest.slice(piece.length);
    }
    this.add(kind, rest, at);
  }

  private add(kind: BlockKind, raw: string, line: number): void {
    if (raw.trim() !== '') this.blocks.push({ kind, raw, line });
  }

  finish(): Outline {
    this.close();
    const title = this.explicitTitle ?? this.title;
    return title === undefined ? { sections: this.sections } : { title, sections: this.sections };
  }

  private close(): void {
    if (this.blocks.length > 0) {
      this.sections.push({ headings: this.open.map(({ heading }) => heading), blocks: this.blocks });
    }
    this.blocks = [];
  }
}
