// Leads the run: has the question planned, researched, judged again and again, and the report written.
import type { Notebook } from '../notebook.js';
import type { Judgement, Section } from '../notes.js';
import type { ResearchDesk } from '../research-desk.js';
import type { RunDesk } from '../../engine/run-desk.js';
import type { Work } from '../../engine/agent-work.js';
import { evaluate, EVALUATION_STEPS } from './evaluator.js';
import { generatePlan, PLAN_STEPS } from './plan-generator.js';
import { LEAST_REPORT_STEPS, writeReport, type Report } from './report-writer.js';
import { research } from './researcher.js';
import { planSections, sectionSteps } from './section-planner.js';

export const LEADER_STEPS = 1;
const MOST_ROUNDS = 5;

export async function lead(run: RunDesk, work: Work, desk: ResearchDesk, notebook: Notebook): Promise<Report> {
  // What is known from the outset: every agent works at least once.
  run.ledger.reserve('plan_generator', PLAN_STEPS);
  run.ledger.reserve('section_planner', sectionSteps([]) + 1);
  run.ledger.reserve('researcher', 1);
  run.ledger.reserve('evaluator', EVALUATION_STEPS);
  run.ledger.reserve('report_writer', LEAST_REPORT_STEPS);
  await work.step(
    'Read the question',
    () => desk.question.terms.filter(({ weak }) => !weak),
    (terms) => terms.map(({ word, frequency }) => `${word}: ${frequency} passages`).join(', '),
  );
  await run.enterPhase('planning');
  const subQuestions = await run.call(
    { agent: 'plan_generator', action: 'Derive sub-questions', steps: PLAN_STEPS },
    (own) => generatePlan(own, desk),
    (made) => made.map(({ text }) => text).join('\n'),
  );
  run.network.provide('plan_generator', 'section_planner', `${subQuestions.length} sub-questions`);
  const plans = await run.call(
    { agent: 'section_planner', action: 'Plan the sections', steps: sectionSteps(subQuestions) },
    (own) => planSections(own, desk, subQuestions),
    (made) => made.map(({ title }) => title).join('\n'),
  );
  run.network.provide('section_planner', 'researcher', `${plans.length} sections`);
  notebook.open(plans);

  await run.enterPhase('researching');
  run.ledger.reserve(
    'researcher',
    plans.reduce((sum, plan) => sum + plan.subQuestions.length, -1),
  );
  for (const section of notebook.sections) await researchSection(run, desk, notebook, section);
  run.ledger.release('researcher');

  await run.enterPhase('evaluating');
  const judgement = await judgeInRounds(run, desk, notebook);
  await run.enterPhase('writing');
  run.network.provide('evaluator', 'report_writer', judgement.verdict);
  return writeReport(run, desk, notebook, judgement);
}

async function researchSection(run: RunDesk, desk: ResearchDesk, notebook: Notebook, section: Section): Promise<void> {
  const { title, subQuestions } = section.plan;
  const count = await run.call(
    { agent: 'researcher', action: `Research “${title}”`, steps: subQuestions.length },
    (own) => research(own, desk, notebook, subQuestions, section),
    (noted) => `${noted} statements noted for “${title}”`,
  );
  run.network.provide('researcher', 'evaluator', `${count} statements for “${title}”`);
}

/** As long as the evaluator has something new to ask, the researcher goes back to the corpus. */
async function judgeInRounds(run: RunDesk, desk: ResearchDesk, notebook: Notebook): Promise<Judgement> {
  for (let round = 1; ; round++) {
    const judgement = await run.call(
      { agent: 'evaluator', action: `Judge the coverage (round ${round})`, steps: EVALUATION_STEPS },
      (own) => evaluate(own, desk, notebook),
      ({ verdict, coverage }) => `${verdict}, best coverage ${coverage.toFixed(2)}`,
    );
    if (judgement.followUps.length === 0 || round === MOST_ROUNDS) return judgement;
    run.ledger.reserve('evaluator', EVALUATION_STEPS);
    const questions = judgement.followUps.map(({ subQuestion }) => subQuestion);
    run.network.provide('evaluator', 'researcher', judgement.followUps.map(({ reason }) => reason).join('; '));
    await run.call(
      { agent: 'researcher', action: 'Look for what is missing', steps: questions.length },
      (own) => research(own, desk, notebook, questions),
      (count) => `${count} new statements`,
    );
  }
}
