// The sources of a report: numbered in the order in which the sections cite them, each address once.
import type { EventData } from '@vana/events';
import { termsOf } from '../../corpus/terms.js';
import type { FoundSource } from '../../tools/research-tool.js';
import { pageAddress } from '../../tools/web/page-address.js';
import type { ResearchedSection } from '../findings.js';
import type { KnownSources } from './citation-filter.js';

type SourceEvent = EventData<'research_sources'>['sources'][number];

const QUOTE_CHARACTERS = 300;
const MAX_CLAIMS = 20;

interface Numbered {
  readonly shortId: string;
  readonly source: FoundSource;
  /** Everything that was read of it. */
  text: string;
}

export class CitedSources implements KnownSources {
  private readonly byUrl = new Map<string, Numbered>();
  private readonly byId = new Map<string, Numbered>();

  constructor(sections: readonly ResearchedSection[]) {
    for (const { findings } of sections) for (const { sources } of findings) for (const one of sources) this.add(one);
  }

  get size(): number {
    return this.byId.size;
  }

  /** `src-3`; the source is one of the findings'. */
  idOf({ url }: FoundSource): string {
    return this.byUrl.get(url)!.shortId;
  }

  hasId(shortId: string): boolean {
    return this.byId.has(shortId);
  }

  /** A source's own address, or one that a source gives. */
  hasUrl(url: string): boolean {
    if (this.byUrl.has(url) || this.byUrl.has(pageAddress(url)?.href ?? '')) return true;
    return [...this.byId.values()].some(({ text }) => text.includes(url));
  }

  /** @param claims statements with the ids that they cite @param only these sources; default all */
  event(claims: readonly Claim[], only?: ReadonlySet<string>): EventData<'research_sources'> {
    const chosen = [...this.byId.values()].filter(({ shortId }) => only?.has(shortId) ?? true);
    const sources = chosen.map((one) =>
      eventOf(
        one,
        claims.filter(({ ids }) => ids.includes(one.shortId)),
      ),
    );
    return { sources, totalSources: sources.length };
  }

  /** Markdown list of those that the report cites. */
  list(cited: ReadonlySet<string>): string {
    const lines = [...this.byId.values()].filter(({ shortId }) => cited.has(shortId)).map(lineOf);
    return lines.length === 0 ? '' : `## Sources\n\n${lines.join('')}`;
  }

  private add(source: FoundSource): void {
    const known = this.byUrl.get(source.url);
    if (known) {
      if (!known.text.includes(source.text)) known.text += `\n${source.text}`;
      return;
    }
    const numbered = { shortId: `src-${this.byId.size + 1}`, source, text: source.text };
    this.byUrl.set(source.url, numbered);
    this.byId.set(numbered.shortId, numbered);
  }
}

export interface Claim {
  readonly text: string;
  readonly ids: readonly string[];
}

const CITED = /\[(src-\d+)\]/g;

/** Lines of the report (list items, paragraphs), cut into statements, with what they cite. */
export function claimsOf(report: string): Claim[] {
  return report.split('\n').flatMap((line) =>
    line.split(/(?<=[.!?](?:\s*\[src-\d+\])*)\s+(?!\[src-)/).flatMap((statement): Claim[] => {
      const ids = [...new Set([...statement.matchAll(CITED)].map(([, id = '']) => id))];
      const text = statement
        .replace(CITED, '')
        .replace(/^[\s#>*+-]+/, '')
        .replace(/\s+([.,;:!?])/g, '$1')
        .trim();
      return ids.length === 0 || text === '' ? [] : [{ text, ids }];
    }),
  );
}

function eventOf({ shortId, source, text }: Numbered, claims: readonly Claim[]): SourceEvent {
  const { url, title, domain, path, heading, line } = source;
  const quote = source.text.slice(0, QUOTE_CHARACTERS);
  return {
    ...{ shortId, title, url, domain, heading: heading ?? null, line: line ?? null, quote },
    ...(path === undefined ? {} : { path }),
    supportedClaims: claims.slice(0, MAX_CLAIMS).map((claim) => {
      return { textSegment: claim.text, confidence: shared(claim.text, text) };
    }),
  };
}

/** The part of the statement's terms that the source holds. */
function shared(statement: string, source: string): number {
  const terms = new Set(termsOf(statement));
  if (terms.size === 0) return 0;
  const held = new Set(termsOf(source));
  return Math.round(([...terms].filter((term) => held.has(term)).length / terms.size) * 100) / 100;
}

function lineOf({ shortId, source }: Numbered): string {
  const { url, title, path, line, heading } = source;
  const label = title
    .replace(/[[\]]/g, '')
    .replace(/<(?=[a-z/!?])/gi, '\\<')
    .replace(/\s+/g, ' ');
  if (path === undefined)
    return `- **[${shortId}]** [${label}](${url.replaceAll('(', '%28').replaceAll(')', '%29')})\n`;
  const under = heading === undefined ? '' : `, under “${heading.replace(/\s+/g, ' ')}”`;
  return `- **[${shortId}]** \`${path}\`, line ${line ?? 1}${under}\n`;
}
