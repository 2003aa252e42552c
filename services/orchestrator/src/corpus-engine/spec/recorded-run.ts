// Runs the engine and keeps what it emits; every event is checked as the bus would check it.
import { validateEvent, type EventData, type EventType } from '@vana/events';
import type { Corpus } from '../../corpus/corpus.js';
import type { EngineEvent, EngineOutcome } from '../../engine/research-engine.js';
import { CorpusEngine } from '../corpus-engine.js';

export interface RecordedRun extends EngineOutcome {
  readonly events: readonly EngineEvent[];
  readonly dataOf: <T extends EventType>(type: T) => EventData<T>[];
}

export const RUN_TASK = { runId: 'run-1', sessionId: 'session-1' } as const;

export async function recordRun(corpus: Corpus, query: string, now: () => number): Promise<RecordedRun> {
  const events: EngineEvent[] = [];
  const emit = async (event: EngineEvent): Promise<void> => {
    events.push(structuredClone(event));
    const { runId, sessionId } = RUN_TASK;
    const id = `e-${events.length}`;
    validateEvent({ ...event, schemaVersion: 1, sessionId, runId, id, createdAt: new Date(now()).toISOString() });
  };
  const engine = new CorpusEngine(corpus, { clock: { now } });
  const outcome = await engine.run({ ...RUN_TASK, query }, emit, new AbortController().signal);
  const dataOf = <T extends EventType>(type: T): EventData<T>[] =>
    events.filter((event) => event.type === type).map(({ data }) => data as EventData<T>);
  return { ...outcome, events, dataOf };
}
