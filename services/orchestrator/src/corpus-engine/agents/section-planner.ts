// Groups the sub-questions by where the corpus answers them, and names the sections after documents and headings.
import type { Passage } from '../../corpus/document.js';
import type { SectionPlan, Statement, SubQuestion } from '../notes.js';
import type { ResearchDesk } from '../research-desk.js';
import type { Work } from '../../engine/agent-work.js';

const PASSAGES_READ = 60;
/** Statements below this part of the best one do not found a section. */
const FOUNDING_SHARE = 0.5;
const LEAST_COVERAGE = 0.42;
const MOST_SECTIONS = 4;
const MOST_HEADINGS = 3;
/** One subject stands out when its statements weigh this many times the next one's. */
const STANDS_OUT = 2.5;
const STATEMENTS_WEIGHED = 4;
const ASPECT_BONUS = 0.2;

interface Group {
  readonly key: string;
  readonly weight: number;
}

export function sectionSteps(subQuestions: readonly SubQuestion[]): number {
  return subQuestions.length + 1;
}

export async function planSections(
  work: Work,
  desk: ResearchDesk,
  subQuestions: readonly SubQuestion[],
): Promise<SectionPlan[]> {
  work.usedTool('full_text_search');
  const found = new Map<SubQuestion, Statement[]>();
  for (const subQuestion of subQuestions) {
    const statements = await work.step(
      subQuestion.text,
      () => best(desk, subQuestion),
      (list) => (list[0] ? `best in ${list[0].document.path}` : 'nothing near'),
    );
    found.set(subQuestion, statements);
  }
  return work.step(
    'Group by document and heading',
    () => group(desk, found),
    (plans) => plans.map(({ title }) => title).join(' · '),
  );
}

function best(desk: ResearchDesk, { terms, aspect }: SubQuestion): Statement[] {
  const extra = new Map(aspect === undefined ? [] : [[aspect, ASPECT_BONUS]]);
  const ranked = desk.ranked(desk.passages(terms, PASSAGES_READ), extra);
  const least = (ranked[0]?.score ?? 0) * FOUNDING_SHARE;
  return ranked.filter(({ score, coverage }) => score >= least && coverage >= LEAST_COVERAGE);
}

function group(desk: ResearchDesk, found: ReadonlyMap<SubQuestion, readonly Statement[]>): SectionPlan[] {
  const [core] = found.keys();
  const founding = found.get(core!)!;
  const documents = weigh(founding, ({ document }) => document.name);
  const [first, second] = documents;
  const alone = first !== undefined && (desk.question.names.includes(first.key.toLowerCase()) || !second);
  const standsOut = first !== undefined && (alone || first.weight >= second!.weight * STANDS_OUT);
  const plans = standsOut ? byHeading(first.key, founding) : documents.slice(0, MOST_SECTIONS).map(byDocument);
  plans.push({ title: plans.length === 0 ? 'Findings' : 'In other documents', subQuestions: [] });
  return assign(plans, found);
}

function weigh(statements: readonly Statement[], keyOf: (statement: Statement) => string): Group[] {
  const scores = new Map<string, number[]>();
  for (const statement of statements) {
    const key = keyOf(statement);
    const list = scores.get(key);
    if (list) list.push(statement.score);
    else scores.set(key, [statement.score]);
  }
  const groups = [...scores].map(([key, list]): Group => {
    return { key, weight: list.slice(0, STATEMENTS_WEIGHED).reduce((sum, score) => sum + score, 0) };
  });
  return groups.sort((left, right) => right.weight - left.weight || (left.key < right.key ? -1 : 1));
}

function byDocument({ key }: Group): SectionPlan {
  return { title: key, subQuestions: [], claims: ({ document }) => document.name === key };
}

/** The first heading below the document's title. */
function topic({ headings, document }: Pick<Passage, 'headings' | 'document'>): string {
  const inner = headings.filter(({ text }, at) => at > 0 || text !== document.title);
  return inner[0]?.text ?? '';
}

function byHeading(name: string, founding: readonly Statement[]): SectionPlan[] {
  const own = founding.filter(({ document }) => document.name === name);
  const headings = weigh(own, topic).slice(0, MOST_HEADINGS);
  const plans = headings.map(({ key }): SectionPlan => {
    const claims = (passage: Passage): boolean => passage.document.name === name && topic(passage) === key;
    return { title: key === '' ? `About ${name}` : `${name}: ${key}`, subQuestions: [], claims };
  });
  const claimed = new Set(headings.map(({ key }) => key));
  const rest = (passage: Passage): boolean => passage.document.name === name && !claimed.has(topic(passage));
  return [...plans, { title: `More about ${name}`, subQuestions: [], claims: rest }];
}

/** Every section looks into the question itself, and into the aspects whose best statement lies in it. */
function assign(plans: readonly SectionPlan[], found: ReadonlyMap<SubQuestion, readonly Statement[]>): SectionPlan[] {
  const [core] = found.keys();
  const home = (statements: readonly Statement[]): SectionPlan => {
    const top = statements[0];
    return (top && plans.find(({ claims }) => claims?.(top.passage))) ?? plans.at(-1)!;
  };
  return plans.map((plan) => {
    const aspects = [...found].filter(
      ([question, list]) => question !== core && list.length > 0 && home(list) === plan,
    );
    return { ...plan, subQuestions: [core!, ...aspects.map(([question]) => question)] };
  });
}
