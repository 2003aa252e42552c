// What the report will say, in which order, and which number each source gets.
import type { Notebook } from './notebook.js';
import type { Judgement, Section, Statement } from './notes.js';
import type { Question } from './question.js';
import { byScore } from './research-desk.js';

export interface Cited {
  readonly statement: Statement;
  /** `src-N`, counted in the order of the report. */
  readonly shortId: string;
}

export interface OutlinedSection {
  readonly title: string;
  readonly statements: readonly Cited[];
}

export interface ReportOutline {
  readonly judgement: Judgement;
  /** The statements that answer best; they are not repeated in the sections. */
  readonly short: readonly Cited[];
  readonly example?: Cited;
  readonly sections: readonly OutlinedSection[];
  /** In the order of their numbers. */
  readonly sources: readonly Cited[];
}

const SHORT_STATEMENTS = 3;
/** Against the best statement. */
const SHORT_SHARE = 0.72;

/** @param exampleOf finds a piece of code in the documents of these names */
export function outlineReport(
  notebook: Notebook,
  judgement: Judgement,
  question: Question,
  exampleOf: (names: readonly string[]) => Statement | undefined,
): ReportOutline {
  const sources: Cited[] = [];
  const cite = (statement: Statement): Cited => {
    const cited = { statement, shortId: `src-${sources.length + 1}` };
    sources.push(cited);
    return cited;
  };
  if (judgement.verdict === 'not_in_corpus') return { judgement, short: [], sections: [], sources };
  const chosen = chooseShort(notebook.statements, question);
  const short = chosen.map(cite);
  const shown = exampleOf(chosen.map(({ document }) => document.name));
  const example = shown && cite(shown);
  const left = (section: Section): Statement[] => section.statements.filter((one) => !chosen.includes(one));
  const sections = notebook.sections
    .map((section) => ({ title: section.plan.title, left: left(section).sort(byScore) }))
    .filter((section) => section.left.length > 0)
    .map((section): OutlinedSection => ({ title: section.title, statements: section.left.map(cite) }));
  return { judgement, short, ...(example ? { example } : {}), sections, sources };
}

/** The best statements, one of each document; of the documents that the question names, where they answer best. */
function chooseShort(statements: readonly Statement[], { names }: Question): Statement[] {
  const isNamed = ({ document }: Statement): boolean => names.includes(document.name.toLowerCase());
  const ranked = [...statements].sort(byScore);
  const best = ranked[0];
  const chosen: Statement[] = [];
  for (const statement of ranked) {
    if (chosen.length === SHORT_STATEMENTS || statement.score < best!.score * SHORT_SHARE) break;
    if (chosen.some(({ document }) => document.name === statement.document.name)) continue;
    if (isNamed(best!) && !isNamed(statement)) continue;
    chosen.push(statement);
  }
  return chosen;
}
