// Research on a document corpus without a language model: six agents, each a plain function.
import { VanaError } from '@vana/events';
import type { Clock } from '@vana/stream-core';
import type { Corpus } from '../corpus/corpus.js';
import type { EngineEvent, EngineOutcome, ResearchEngine, ResearchTask } from '../engine/research-engine.js';

export interface CorpusEngineOptions {
  /** Measures durations of the agents' events; the report does not depend on it. */
  readonly clock: Pick<Clock, 'now'>;
}

export class CorpusEngine implements ResearchEngine {
  constructor(
    private readonly corpus: Corpus,
    private readonly options: CorpusEngineOptions,
  ) {}

  async run(
    task: ResearchTask,
    _emit: (event: EngineEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<EngineOutcome> {
    signal.throwIfAborted();
    throw new VanaError('engine_failed', {
      details: { runId: task.runId, documents: this.corpus.stats.documents, at: this.options.clock.now() },
    });
  }
}
