// The statements that a run has accepted so far, by section; it refuses what says the same again.
import type { Passage } from '../corpus/document.js';
import { termsOf } from '../corpus/terms.js';
import type { Section, SectionPlan, Statement } from './notes.js';

const SAME_TEXT = 0.65;

export class Notebook {
  readonly sections: Section[] = [];
  private readonly texts = new Set<string>();
  private readonly terms: ReadonlySet<string>[] = [];
  private readonly places = new Set<string>();

  open(plans: readonly SectionPlan[]): void {
    for (const plan of plans) this.sections.push({ plan, statements: [] });
  }

  get statements(): Statement[] {
    return this.sections.flatMap(({ statements }) => statements);
  }

  /** The section that claims the passage, else the last one. */
  sectionOf(passage: Passage): Section {
    return this.sections.find(({ plan }) => plan.claims?.(passage)) ?? this.sections.at(-1)!;
  }

  /** @returns false when the notebook says so already */
  accept(section: Section, statement: Statement): boolean {
    const text = statement.text
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, ' ')
      .trim();
    const place = `${statement.passage.id}:${statement.line}`;
    const terms = new Set(termsOf(statement.text));
    if (this.texts.has(text) || this.places.has(place) || this.terms.some((known) => alike(known, terms))) return false;
    this.texts.add(text);
    this.places.add(place);
    this.terms.push(terms);
    section.statements.push(statement);
    return true;
  }
}

function alike(left: ReadonlySet<string>, right: ReadonlySet<string>): boolean {
  let both = 0;
  for (const term of left) if (right.has(term)) both++;
  return both >= SAME_TEXT * (left.size + right.size - both);
}
