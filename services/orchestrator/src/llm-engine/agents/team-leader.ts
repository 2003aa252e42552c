// Leads the run: plan, sections, research side by side, judgement and follow-ups, report.
import type { VanaError } from '@vana/events';
import type { RunDesk } from '../../engine/run-desk.js';
import type { ResearchedSection } from '../findings.js';
import type { ModelDesk } from '../model-desk.js';
import { BudgetSpent } from '../run-budget.js';
import { evaluate, EVALUATION_STEPS, type Judgement } from './evaluator.js';
import { generatePlan, PLAN_STEPS } from './plan-generator.js';
import { REPORT_STEPS, writeReport, type Report } from './report-writer.js';
import { Researcher, RESEARCH_STEPS, type Research } from './researcher.js';
import { oneSection, planSections, SECTION_STEPS, type SectionPlan } from './section-planner.js';

const MOST_ROUNDS = 5;

export interface Answer extends Report {
  readonly verdict: Judgement['verdict'];
  /** A researcher was failed by the model. */
  readonly incomplete: boolean;
}

interface Assignment extends SectionPlan {
  readonly section: ResearchedSection;
}

export class TeamLeader {
  private readonly sections: ResearchedSection[] = [];
  private readonly asked = new Set<string>();
  /** Researchers so far. */
  private branches = 0;
  private firstFault: VanaError | undefined;

  constructor(
    private readonly run: RunDesk,
    private readonly desk: ModelDesk,
  ) {}

  /** @throws VanaError model_unavailable | model_refused when the model failed every researcher; the signal's reason */
  async lead(): Promise<Answer> {
    const { run } = this;
    run.ledger.reserve('evaluator', EVALUATION_STEPS);
    run.ledger.reserve('report_writer', REPORT_STEPS);
    await run.enterPhase('planning');
    const plans = await this.plan();
    for (const { title, questions } of plans) this.sections.push({ title, questions, findings: [] });

    await run.enterPhase('researching');
    await this.research(plans.map((plan, at) => ({ ...plan, section: this.sections[at]! })));
    if (this.firstFault && this.sections.every(({ findings }) => findings.length === 0)) throw this.firstFault;

    await run.enterPhase('evaluating');
    const { verdict, missing } = await this.judgeInRounds();
    await run.enterPhase('writing');
    run.network.provide('evaluator', 'report_writer', verdict);
    const report = await writeReport(run, this.desk, this.sections, missing);
    return { ...report, verdict, incomplete: this.firstFault !== undefined };
  }

  /** Without budget for a plan the question is its own. */
  private async plan(): Promise<SectionPlan[]> {
    const { run, desk } = this;
    try {
      const questions = await run.call(
        { agent: 'plan_generator', action: 'Derive sub-questions', steps: PLAN_STEPS },
        (work) => generatePlan(work, desk),
        (made) => made.join('\n'),
      );
      run.network.provide('plan_generator', 'section_planner', `${questions.length} sub-questions`);
      const plans = await run.call(
        { agent: 'section_planner', action: 'Plan the sections', steps: SECTION_STEPS },
        (work) => planSections(work, desk, questions),
        (made) => made.map(({ title }) => title).join('\n'),
      );
      run.network.provide('section_planner', 'researcher', `${plans.length} sections`);
      return plans;
    } catch (error) {
      desk.signal.throwIfAborted();
      if (!(error instanceof BudgetSpent)) throw error;
      return [oneSection([desk.question])];
    }
  }

  /** Side by side; what they found is put down in the order of the assignments. */
  private async research(assignments: readonly Assignment[]): Promise<void> {
    const { run } = this;
    await run.call(
      { agent: 'researcher', action: `Research ${assignments.length} parts`, steps: assignments.length },
      async (work) => {
        const branches = assignments.map((assignment) => this.branch(assignment));
        // They are awaited one by one; one that fails before its turn is no unhandled rejection.
        void Promise.allSettled(branches);
        for (const [at, { title, section }] of assignments.entries()) {
          const found = await work.step(
            title,
            async () => {
              const { findings, fault } = await branches[at]!;
              if (fault && !(fault instanceof BudgetSpent)) this.firstFault ??= fault;
              section.findings.push(...findings);
              return findings.length;
            },
            (count) => `${count} findings`,
          );
          run.network.provide('researcher', 'evaluator', `${found} findings on “${title}”`);
        }
      },
      () => `${this.sections.reduce((sum, { findings }) => sum + findings.length, 0)} findings`,
    );
  }

  private branch(assignment: Assignment): Promise<Research> {
    const { title, questions } = assignment;
    const branch = ++this.branches;
    for (const question of questions) this.asked.add(question);
    return this.run.call(
      { agent: 'researcher', action: `Research “${title}”`, steps: RESEARCH_STEPS, branch },
      (work) => new Researcher(work, this.desk, `research/${branch}`, assignment).research(),
      ({ findings }) => `${findings.length} findings`,
    );
  }

  /** As long as the evaluator has something new to ask and there is budget, research goes on. */
  private async judgeInRounds(): Promise<Judgement> {
    const { run, desk } = this;
    for (let round = 1; ; round++) {
      const judgement = await run.call(
        { agent: 'evaluator', action: `Judge the findings (round ${round})`, steps: EVALUATION_STEPS },
        (work) => evaluate(work, desk, round, this.sections, this.asked),
        ({ verdict }) => verdict,
      );
      const { followUps } = judgement;
      if (followUps.length === 0 || round === MOST_ROUNDS || desk.budget.reason !== undefined) return judgement;
      run.ledger.reserve('evaluator', EVALUATION_STEPS);
      run.network.provide('evaluator', 'researcher', followUps.map(({ question }) => question).join('; '));
      await this.research(
        followUps.map(({ section, question }) => {
          const target = this.sections[section]!;
          return { title: target.title, questions: [question], section: target };
        }),
      );
    }
  }
}
