// An engine that does as it is told: for tests of everything around it, with RESEARCH_ENGINE=scripted also in whole
// processes, where the question is the script. Refused in production.
import { setTimeout as pause } from 'node:timers/promises';
import { VanaError } from '@vana/events';
import type { EngineEvent, EngineOutcome, ResearchEngine, ResearchTask } from './research-engine.js';

export interface Script {
  readonly events: readonly EngineEvent[];
  /** Throws in place of the n-th event, counted from 1. */
  readonly failAt?: number;
  /** What it throws; default VanaError engine_failed. */
  readonly error?: Error;
  /** After the events: goes on until it is aborted. */
  readonly waitForAbort?: boolean;
  readonly outcome?: EngineOutcome;
  /** Milliseconds before each event. */
  readonly paceMs?: number;
  /** Called once before each event, as a model is: its result is kept across attempts. */
  readonly callModel?: (step: number) => Promise<string>;
}

export class ScriptedEngine implements ResearchEngine {
  readonly #scriptOf: (task: ResearchTask) => Script;

  constructor(script: Script | ((task: ResearchTask) => Script)) {
    this.#scriptOf = typeof script === 'function' ? script : () => script;
  }

  async run(
    task: ResearchTask,
    emit: (event: EngineEvent) => Promise<void>,
    signal: AbortSignal,
  ): Promise<EngineOutcome> {
    const { events, failAt, error, waitForAbort, outcome, paceMs = 0, callModel } = this.#scriptOf(task);
    const last = failAt === undefined ? events.length : failAt - 1;
    for (const [index, event] of events.slice(0, last).entries()) {
      signal.throwIfAborted();
      if (paceMs > 0) await pause(paceMs, undefined, { signal });
      if (callModel) await task.steps?.once(`call ${index + 1}`, () => callModel(index + 1));
      await emit(event);
    }
    if (failAt !== undefined) throw error ?? new VanaError('engine_failed');
    if (waitForAbort) await aborted(signal);
    return outcome ?? { status: 'completed', finalReport: `# ${task.query}` };
  }
}

const DEFAULT_EVENTS = 12;
const MAX_EVENTS = 2_000;
const TOKEN = 'word ';

/**
 * The script that a question asks for: `events=30` says how many events, `fail=10` fails in place of the tenth,
 * `wait-for-cancel` stays active after them, `pace=20` waits 20 ms before each, `tokens=1000` has that many pieces of a
 * message instead, `model=8089` asks a model on that port of this machine before each. Other words mean nothing.
 * Channels take turns.
 */
export function scriptOfQuestion({ query, runId }: ResearchTask): Script {
  const number = (name: string): number | undefined => {
    const found = new RegExp(`\\b${name}=(\\d{1,6})\\b`).exec(query)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const total = Math.min(number('events') ?? DEFAULT_EVENTS, MAX_EVENTS);
  const fail = number('fail');
  const tokens = number('tokens');
  if (tokens !== undefined)
    return { events: tokensOf(Math.min(tokens, MAX_EVENTS), runId), paceMs: number('pace') ?? 0 };
  const port = number('model');
  let offset = 0;
  const events = Array.from({ length: total }, (_, index) => {
    const event = eventNumber(index, total, runId, offset);
    if (event.channel === 'chat') offset += (event.data['delta'] as string).length;
    return event;
  });
  return {
    events,
    ...(fail === undefined ? {} : { failAt: Math.max(1, Math.min(fail, total + 1)) }),
    waitForAbort: query.includes('wait-for-cancel'),
    paceMs: number('pace') ?? 0,
    ...(port === undefined ? {} : { callModel: (step: number) => askModel(port, runId, step) }),
  };
}

function eventNumber(index: number, total: number, runId: string, offset: number): EngineEvent {
  const agentId = 'scripted';
  if (index % 3 === 0) {
    const done = (index + 1) / total;
    const data = { runId, status: 'running', overall_progress: done, current_phase: `step ${index + 1}`, agents: [] };
    return { type: 'research_progress', channel: 'research', data };
  }
  if (index % 3 === 1) {
    const data = { stepId: `step-${index + 1}`, agentName: agentId, action: `step ${index + 1}`, status: 'complete' };
    return { type: 'thinking_update', channel: 'agents', agentId, data };
  }
  const data = { messageId: `${runId}-report`, agentId, offset, delta: `Part ${index + 1}. ` };
  return { type: 'message_chunk', channel: 'chat', agentId, data };
}

function tokensOf(count: number, runId: string): EngineEvent[] {
  const agentId = 'scripted';
  return Array.from({ length: count }, (_, n) => ({
    type: 'message_chunk',
    channel: 'chat',
    agentId,
    data: { messageId: `${runId}-report`, agentId, offset: n * TOKEN.length, delta: TOKEN },
  }));
}

async function askModel(port: number, runId: string, step: number): Promise<string> {
  const answer = await fetch(`http://127.0.0.1:${port}/${runId}/${step}`);
  return answer.text();
}

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise<never>((_, reject) => {
    const abort = (): void => reject(signal.reason as Error);
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}
