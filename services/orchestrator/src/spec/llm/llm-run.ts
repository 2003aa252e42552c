// Runs the engine against the test-kit's model server and keeps what it emits, checked as the bus would check it.
import { validateEvent, type EventData, type EventType } from '@vana/events';
import { systemClock } from '@vana/observability';
import type { Clock } from '@vana/stream-core';
import { startLlmServer, type LlmScript, type LlmServer } from '@vana/test-kit';
import type { EngineEvent, EngineOutcome, ResearchTask } from '../../engine/research-engine.js';
import type { ResearchTool } from '../../tools/research-tool.js';
import { LlmEngine } from '../../llm-engine/llm-engine.js';
import { ModelCaller } from '../../llm-engine/model/model-caller.js';
import { openModel } from '../../llm-engine/open-model.js';
import type { BudgetLimits } from '../../llm-engine/run-budget.js';

export interface LlmRunOptions {
  readonly tools: readonly ResearchTool[];
  readonly query?: string;
  readonly budget?: Partial<BudgetLimits>;
  readonly clock?: Clock;
  readonly signal?: AbortSignal;
  readonly task?: Partial<ResearchTask>;
  readonly contextTokens?: number;
  readonly callsAtOnce?: number;
  readonly onEvent?: (event: EngineEvent) => void;
}

export interface LlmRun {
  readonly server: LlmServer;
  readonly events: readonly EngineEvent[];
  readonly dataOf: <T extends EventType>(type: T) => EventData<T>[];
  readonly outcome: Promise<EngineOutcome>;
}

/** A clock whose timers fire so many times sooner: what waits by seconds is seen in a test. */
export function fasterClock(times: number): Clock {
  const startMs = systemClock.now();
  return {
    now: () => startMs + (systemClock.now() - startMs) * times,
    schedule: (delayMs, task) => systemClock.schedule(delayMs / times, task),
    defer: (task) => systemClock.defer(task),
  };
}

export async function startRun(script: LlmScript, options: LlmRunOptions): Promise<LlmRun> {
  const { tools, clock = systemClock, contextTokens = 32_000, callsAtOnce = 8, onEvent } = options;
  const server = await startLlmServer(script);
  const model = openModel({ baseUrl: server.url, model: 'scripted', apiKey: 'key-1' });
  const engine = new LlmEngine({
    ...{ clock, tools },
    caller: new ModelCaller({ model, clock, contextTokens, callsAtOnce, silenceMs: 60_000 }),
    budget: { tokens: 200_000, timeMs: 600_000, toolCalls: 40, ...options.budget },
  });
  const events: EngineEvent[] = [];
  const ids = { runId: 'run-1', sessionId: 'session-1' };
  const emit = async (event: EngineEvent): Promise<void> => {
    validateEvent({
      ...{ ...structuredClone(event), ...ids, schemaVersion: 1, id: `run-1:${events.length + 1}` },
      createdAt: new Date().toISOString(),
    });
    events.push(structuredClone(event));
    onEvent?.(event);
  };
  const task = { ...ids, query: options.query ?? 'How are lights dimmed, and what limits them?', ...options.task };
  const outcome = engine.run(task, emit, options.signal ?? new AbortController().signal);
  outcome.catch(() => undefined);
  const dataOf = <T extends EventType>(type: T): EventData<T>[] =>
    events.filter((event) => event.type === type).map(({ data }) => data as EventData<T>);
  return { server, events, dataOf, outcome };
}
