// Works on one section: retrieves passages, ranks their statements, notes the best ones that say something new.
import type { Notebook } from '../notebook.js';
import type { Section, Statement, SubQuestion } from '../notes.js';
import type { ResearchDesk } from '../research-desk.js';
import type { Work } from '../../engine/agent-work.js';

const PASSAGES_READ = 60;
const LEAST_COVERAGE = 0.42;
const LEAST_SCORE = 0.25;
/** Against the best statement of all. */
const LEAST_SHARE = 0.5;
const LEAST_COVERAGE_SHARE = 0.6;
const STATEMENTS_PER_SECTION = 4;
const MOST_STATEMENTS_PER_SECTION = 6;
const STATEMENTS_PER_ASPECT = 2;
/** A section over several documents takes so many statements of each. */
const STATEMENTS_PER_DOCUMENT = 2;
const ASPECT_BONUS = 0.2;

/** @param section where the statements go; without it each goes where it belongs @returns how many were noted */
export async function research(
  work: Work,
  desk: ResearchDesk,
  notebook: Notebook,
  subQuestions: readonly SubQuestion[],
  section?: Section,
): Promise<number> {
  work.usedTool('full_text_search');
  let accepted = 0;
  for (const subQuestion of subQuestions) {
    accepted += await work.step(
      subQuestion.text,
      () => note(desk, notebook, section, subQuestion),
      (count) => `${count} new statements`,
    );
  }
  return accepted;
}

function note(desk: ResearchDesk, notebook: Notebook, section: Section | undefined, subQuestion: SubQuestion): number {
  const { aspect, terms } = subQuestion;
  const ranked = desk.ranked(
    desk.passages(terms, PASSAGES_READ),
    new Map(aspect === undefined ? [] : [[aspect, ASPECT_BONUS]]),
  );
  const best = Math.max(ranked[0]?.score ?? 0, ...notebook.statements.map(({ score }) => score));
  const quota = aspect === undefined ? STATEMENTS_PER_SECTION : STATEMENTS_PER_ASPECT;
  const touched = Math.max(0, ...ranked.slice(0, quota).map(({ coverage }) => coverage));
  const leastCoverage = Math.max(LEAST_COVERAGE, touched * LEAST_COVERAGE_SHARE);
  let accepted = 0;
  for (const statement of ranked) {
    if (accepted === quota) break;
    if (statement.score < best * LEAST_SHARE || statement.score < LEAST_SCORE) break;
    if (statement.coverage < leastCoverage) continue;
    const home = notebook.sectionOf(statement.passage);
    if ((section && home !== section) || !hasRoom(statement, home)) continue;
    if (notebook.accept(home, statement)) accepted++;
  }
  return accepted;
}

function hasRoom(statement: Statement, { plan, statements }: Section): boolean {
  if (statements.length >= MOST_STATEMENTS_PER_SECTION) return false;
  if (plan.claims) return true;
  return (
    statements.filter(({ document }) => document.name === statement.document.name).length < STATEMENTS_PER_DOCUMENT
  );
}
