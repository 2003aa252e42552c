// The report on its way to readers: what it cites must be known. Citations of unknown sources vanish, links to
// addresses that no source has become plain text, images go. It takes pieces of any size and holds back only what may
// still become a citation or a link; how the text was cut makes no difference.

export interface KnownSources {
  /** `src-3` */
  hasId(shortId: string): boolean;
  hasUrl(url: string): boolean;
}

/** A mark that is not closed within so many characters, or within its line, is none. */
const LONGEST_MARK = 400;
const MARK_START = /[[!`<h]/;
const FENCE = /^ {0,3}(?:`{3}|~{3})/;
const MAYBE_FENCE = /^ {0,3}(?:`{0,2}|~{0,2})$/;
const CODE_SPAN = /^(`+)(?!`)[^\n]*?[^`\n]\1(?!`)/;
const LINK = /^(!?)\[([^[\]\n]*)\](?:\([ ]*<?([^()\s>]*(?:\([^()\s]*\)[^()\s>]*)*)>?(?:[ ]+["'][^\n()]*["'])?[ ]*\))?/;
const CITATION = /^(?:\s*\bsrc-\d+\b\s*[,;&]?)+$/;

/** Characters used, and what becomes of them. */
type Taken = readonly [length: number, text: string];
/** More text is needed to tell. */
const OPEN = 'open';

export class CitationFilter {
  private held = '';
  private ended = false;
  private inFence = false;
  private atLineStart = true;
  /** Blanks wait for what follows: before something that vanishes they go, too. */
  private blanks = '';

  constructor(private readonly sources: KnownSources) {}

  push(piece: string): string {
    this.held += piece;
    return this.drain();
  }

  /** What was still held back. */
  end(): string {
    this.ended = true;
    return this.drain() + this.blanks;
  }

  private drain(): string {
    let out = '';
    while (this.held !== '') {
      const taken = this.next();
      if (taken === OPEN) break;
      const [length, text] = taken;
      this.atLineStart = this.held[length - 1] === '\n';
      this.held = this.held.slice(length);
      out += this.settle(text);
    }
    return out;
  }

  private settle(text: string): string {
    const kept = text.trimEnd() === '' && !text.includes('\n') ? '' : text.replace(/[ \t]+$/, '');
    const out = kept === '' ? '' : this.blanks + kept;
    this.blanks = text === '' ? '' : (kept === '' ? this.blanks : '') + text.slice(kept.length);
    return out;
  }

  private next(): Taken | typeof OPEN {
    const { held } = this;
    const newline = held.indexOf('\n');
    const line = newline < 0 ? held : held.slice(0, newline + 1);
    if (this.atLineStart) {
      if (FENCE.test(line)) {
        if (newline < 0 && !this.ended) return OPEN;
        this.inFence = !this.inFence;
        return [line.length, line];
      }
      if (!this.ended && MAYBE_FENCE.test(held)) return OPEN;
    }
    const at = this.inFence ? -1 : line.search(MARK_START);
    if (at !== 0) return at < 0 ? [line.length, line] : [at, line.slice(0, at)];
    const window = line.slice(0, LONGEST_MARK);
    return this.mark(window, this.ended || newline >= 0 || held.length >= LONGEST_MARK);
  }

  /** @param complete nothing that could still come belongs to it */
  private mark(window: string, complete: boolean): Taken | typeof OPEN {
    const plain: Taken = [1, window[0]!];
    const unless = (certain: boolean): Taken | typeof OPEN => (complete || certain ? plain : OPEN);
    switch (window.charAt(0)) {
      case '`': {
        const code = CODE_SPAN.exec(window)?.[0];
        if (code !== undefined && (complete || code.length < window.length)) return [code.length, code];
        const ticks = /^`+/.exec(window)![0];
        return complete ? [ticks.length, ticks] : OPEN;
      }
      case 'h': {
        const found = /^https?:\/\/[^\s<>()[\]`"']*/.exec(window)?.[0];
        if (found === undefined) return unless(!'https://'.startsWith(window) && !'http://'.startsWith(window));
        if (!complete && found.length === window.length) return OPEN;
        const url = found.replace(/[.,;:!?*_]+$/, '');
        return [url.length, this.sources.hasUrl(url) ? url : ''];
      }
      case '<': {
        const link = /^<(https?:\/\/[^\s<>]*)>/.exec(window);
        if (link) return [link[0].length, this.sources.hasUrl(link[1]!) ? link[0] : ''];
        return unless(!/^<(?:h[^\s<>]*)?$/.test(window));
      }
      case '!':
        if (window.length === 1) return unless(false);
        return window[1] === '[' ? this.link(window, complete) : plain;
      default:
        return this.link(window, complete);
    }
  }

  /** `[…]` or `[…](…)`, with or without `!`. */
  private link(window: string, complete: boolean): Taken | typeof OPEN {
    const found = LINK.exec(window);
    if (!found) return complete || /^!?\[[^[\]\n]*\[/.test(window) ? [1, window[0]!] : OPEN;
    const [all, image, label = '', url] = found;
    if (url === undefined) {
      const rest = window.slice(all.length);
      if (!complete && (rest === '' || isOpen(rest))) return OPEN;
      return [all.length, this.citation(label) ?? all];
    }
    if (image === '!') return [all.length, label];
    return [all.length, this.citation(label) ?? (this.sources.hasUrl(url) ? all : label)];
  }

  /** `src-1, src-9` as citations, without what is unknown; `undefined`: not a citation. */
  private citation(label: string): string | undefined {
    if (!CITATION.test(label)) return undefined;
    const ids = [...new Set(label.match(/src-\d+/g))];
    return ids
      .filter((id) => this.sources.hasId(id))
      .map((id) => `[${id}]`)
      .join('');
  }
}

/** Begins with a parenthesis that is not closed yet. */
function isOpen(text: string): boolean {
  if (!text.startsWith('(')) return false;
  let depth = 0;
  for (const letter of text) {
    if (letter === '(') depth++;
    else if (letter === ')' && --depth === 0) return false;
  }
  return true;
}
