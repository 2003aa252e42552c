// The sources that one researcher has in hand, each with the mark that the model cites it by.
import type { FoundSource } from '../tools/research-tool.js';
import { pageAddress } from '../tools/web/page-address.js';
import { materialPrompt } from './prompts.js';

const ADDRESS = /https?:\/\/[^\s<>"')\]]+/g;

export class SourceShelf {
  readonly sources: FoundSource[] = [];
  /** Addresses that may be opened: those that the question names, and those of the sources. */
  readonly known = new Set<string>();

  constructor(question: string) {
    for (const [address] of question.matchAll(ADDRESS)) {
      const url = pageAddress(address.replace(/[.,;:!?]+$/, ''));
      if (url) this.known.add(url.href);
    }
  }

  /** @returns what the model gets to read, at most so many characters */
  put(found: readonly FoundSource[], characters: number): string {
    const each = Math.floor(characters / Math.max(1, found.length));
    const shown = found.map((source) => {
      const at = this.sources.findIndex(({ url, text }) => url === source.url && text === source.text);
      if (at < 0) this.sources.push(source);
      this.known.add(source.url);
      const mark = `s${at < 0 ? this.sources.length : at + 1}`;
      return [mark, { ...source, text: source.text.slice(0, each) }] as const;
    });
    return materialPrompt(shown);
  }

  /** @param mark `s3` */
  get(mark: string): FoundSource | undefined {
    return this.sources[Number(mark.slice(1)) - 1];
  }
}
