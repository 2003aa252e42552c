// Research that writes a message anew: the same engine, with the events that tell of the message besides.
import type { EventData } from '@vana/events';
import type { EngineEvent, EngineOutcome, ResearchEngine, ResearchTask } from '../engine/research-engine.js';
import { faultOf } from '../runs/run-end.js';

export class RegeneratingEngine implements ResearchEngine {
  readonly #engine: ResearchEngine;

  constructor(engine: ResearchEngine) {
    this.#engine = engine;
  }

  async run(
    task: ResearchTask,
    emit: (event: EngineEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<EngineOutcome> {
    const { regenerates: messageId, runId: taskId, query } = task;
    if (messageId === undefined) return this.#engine.run(task, emit, signal);
    const tell = (type: string, data: Record<string, unknown>): Promise<void> =>
      emit({ type, channel: 'chat', data: { messageId, taskId, ...data } });
    await tell('message_regenerating', { originalMessageId: messageId, userQuery: query });
    const emitBoth = async (event: EngineEvent): Promise<void> => {
      await emit(event);
      if (event.type === 'research_progress') await tell('regeneration_progress', progressOf(event));
    };
    let outcome: EngineOutcome;
    try {
      outcome = await this.#engine.run(task, emitBoth, signal);
    } catch (error) {
      // A cancelled one is told of by the run's end.
      if (!signal.aborted) await tell('regeneration_error', { error: faultOf(error) });
      throw error;
    }
    await tell('message_regenerated', { content: outcome.finalReport });
    return outcome;
  }
}

function progressOf({ data }: EngineEvent): Pick<EventData<'regeneration_progress'>, 'progress' | 'partialContent'> {
  const done = Number(data['overall_progress']);
  return { progress: Math.round(Math.min(1, Math.max(0, done)) * 100), partialContent: '' };
}
