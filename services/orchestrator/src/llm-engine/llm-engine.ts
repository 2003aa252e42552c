// Research with a language model: the same six agents as the corpus engine, each a prompt and the code around it.
import type { Clock } from '@vana/stream-core';
import type { EngineEvent, EngineOutcome, ResearchEngine, ResearchTask } from '../engine/research-engine.js';
import { DONE, RunDesk } from '../engine/run-desk.js';
import type { ResearchTool } from '../tools/research-tool.js';
import { TeamLeader, type Answer } from './agents/team-leader.js';
import { ModelDesk } from './model-desk.js';
import type { ModelCaller } from './model/model-caller.js';
import { RunBudget, type BudgetLimits } from './run-budget.js';

export interface LlmEngineOptions {
  readonly clock: Clock;
  readonly caller: ModelCaller;
  /** At least one. */
  readonly tools: readonly ResearchTool[];
  readonly budget: BudgetLimits;
}

export class LlmEngine implements ResearchEngine {
  constructor(private readonly options: LlmEngineOptions) {}

  /** @throws VanaError model_unavailable | model_refused when the model answers nothing that a report could be made of */
  async run(
    task: ResearchTask,
    emit: (event: EngineEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<EngineOutcome> {
    signal.throwIfAborted();
    const { clock, caller, tools } = this.options;
    const budget = new RunBudget(this.options.budget, clock);
    // Stops side-by-side work when one part of the run has failed.
    const over = new AbortController();
    const stop = AbortSignal.any([signal, over.signal]);
    try {
      const run = new RunDesk(task, emit, stop, () => clock.now());
      const desk = new ModelDesk({ task, caller, tools, budget, signal: stop });
      const answer = await run.call(
        { agent: 'team_leader', action: 'Answer the question', steps: 0 },
        () => new TeamLeader(run, desk).lead(),
        ({ verdict, problem }) => problem ?? verdict,
      );
      run.ledger.settle();
      await run.enterPhase(DONE);
      return outcomeOf(answer, budget);
    } finally {
      over.abort();
      budget.close();
    }
  }
}

function outcomeOf({ text, problem, verdict, incomplete }: Answer, budget: RunBudget): EngineOutcome {
  const unjudged = verdict === 'unknown' ? 'not_evaluated' : verdict === 'fail' ? 'not_answered' : undefined;
  const reason = budget.reason ?? problem ?? (incomplete ? 'research_incomplete' : unjudged);
  if (reason === undefined) return { status: 'completed', finalReport: text };
  return { status: 'partial', finalReport: text, reason };
}
