// Research on a document corpus without a language model: six agents, each a plain function.
import type { Clock } from '@vana/stream-core';
import type { Corpus } from '../corpus/corpus.js';
import type { EngineEvent, EngineOutcome, ResearchEngine, ResearchTask } from '../engine/research-engine.js';
import { lead, LEADER_STEPS } from './agents/team-leader.js';
import { Notebook } from './notebook.js';
import type { Verdict } from './notes.js';
import { readQuestion } from './question.js';
import { ResearchDesk } from './research-desk.js';
import { DONE, RunDesk } from '../engine/run-desk.js';

export interface CorpusEngineOptions {
  /** Measures durations of the agents' events; the report does not depend on it. */
  readonly clock: Pick<Clock, 'now'>;
}

const REASONS: Readonly<Record<Verdict, string | undefined>> = {
  answered: undefined,
  partly: 'partly_in_corpus',
  not_in_corpus: 'not_in_corpus',
};

export class CorpusEngine implements ResearchEngine {
  constructor(
    private readonly corpus: Corpus,
    private readonly options: CorpusEngineOptions,
  ) {}

  /** The same question over the same corpus gives the same report, byte for byte. */
  async run(
    task: ResearchTask,
    emit: (event: EngineEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<EngineOutcome> {
    signal.throwIfAborted();
    const run = new RunDesk(task, emit, signal, () => this.options.clock.now());
    const desk = new ResearchDesk(this.corpus, readQuestion(task.query, this.corpus));
    const { text, judgement } = await run.call(
      { agent: 'team_leader', action: 'Answer the question from the documents', steps: LEADER_STEPS },
      (work) => lead(run, work, desk, new Notebook()),
      ({ judgement: { verdict } }) => verdict,
    );
    await run.enterPhase(DONE);
    const reason = REASONS[judgement.verdict];
    if (reason === undefined) return { status: 'completed', finalReport: text };
    return { status: 'partial', finalReport: text, reason };
  }
}
