// What a researcher found out: statements, each with the sources that say so. A statement without a source that the
// researcher really had in hand is dropped.
import type { FoundSource } from '../tools/research-tool.js';

export interface Finding {
  readonly text: string;
  readonly sources: readonly FoundSource[];
}

export interface ResearchedSection {
  readonly title: string;
  readonly questions: readonly string[];
  /** Grows with the follow-up rounds. */
  readonly findings: Finding[];
}

const MARK = /\[\s*(s\d+(?:\s*[,;&]?\s*s\d+)*)\s*\]/g;
const BULLET = /^\s*(?:[-*+•]|\d{1,3}[.)])\s+/;
const LONGEST_FINDING = 1_000;
/** Of a source that was found but not worked on. */
const EXTRACT_CHARACTERS = 300;
const EXTRACTS = 4;

/** @param sourceOf the source with this mark (`s3`), as the researcher was shown it */
export function readFindings(text: string, sourceOf: (mark: string) => FoundSource | undefined): Finding[] {
  return text.split('\n').flatMap((line): Finding[] => {
    const marks = [...line.matchAll(MARK)].flatMap(([, list = '']) => list.match(/s\d+/g) ?? []);
    const sources = [...new Set(marks)].flatMap((mark) => sourceOf(mark) ?? []);
    const statement = line
      .replace(MARK, '')
      .replace(BULLET, '')
      .replace(/\s+([.,;:!?])/g, '$1')
      .replace(/\s+/g, ' ');
    if (sources.length === 0 || statement.trim() === '') return [];
    return [{ text: statement.trim().slice(0, LONGEST_FINDING), sources }];
  });
}

/** The sources in their own words, where nobody had the time to work on them. */
export function extracts(sources: readonly FoundSource[]): Finding[] {
  return sources
    .filter(({ text }) => text.trim() !== '')
    .slice(0, EXTRACTS)
    .map((source) => {
      const text = source.text.replace(/\s+/g, ' ').trim();
      const cut = text.length <= EXTRACT_CHARACTERS ? text : `${text.slice(0, EXTRACT_CHARACTERS - 1)}…`;
      return { text: `“${cut}”`, sources: [source] };
    });
}
