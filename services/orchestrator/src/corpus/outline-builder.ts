// Collects headings and blocks in the order of the file.
import type { Block, BlockKind, Heading, Outline, Section } from './document.js';

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
