// Port: what turns a question into a report. The corpus engine is one; a language-model engine comes beside it.
import type { Channel } from '@vana/events';
import type { RunSteps } from './run-steps.js';

export interface ResearchTask {
  readonly runId: string;
  readonly sessionId: string;
  readonly query: string;
  /** 1, or more when a worker was lost and the run goes on here; absent counts as 1. */
  readonly attempt?: number;
  /** The message that is written anew. */
  readonly regenerates?: string;
  /** Keeps results across attempts; absent where nothing is kept (specs). */
  readonly steps?: RunSteps;
}

/** An event of the run, before the orchestrator gives it an id, a time and its place in the session. */
export interface EngineEvent {
  readonly type: string;
  readonly channel: Channel;
  readonly agentId?: string;
  readonly parentAgentId?: string;
  readonly data: Record<string, unknown>;
}

export interface EngineOutcome {
  readonly status: 'completed' | 'partial';
  /** Markdown whose statements cite `[src-N]`. */
  readonly finalReport: string;
  readonly reason?: string;
}

export interface ResearchEngine {
  /**
   * Works on one task. Every step goes through `emit`, which resolves when the event is stored; the engine
   * awaits it, so a slow bus slows the engine. `message_chunk`s are gathered (50 ms or 128 characters): their
   * `emit` resolves at once unless the bus is behind. The orchestrator itself publishes `research_started`, the
   * `error` of a failure and the one `research_complete`.
   *
   * After its worker was lost a run starts anew elsewhere, and what is stored already is not stored again: of each
   * agent (`agentId`) and type, as many events as were stored are passed over, and the chunks of a message up to
   * the stored offset. So each agent has to tell the same events in the same order again; `task.steps` keeps what
   * would come out differently.
   * @throws when `signal` is aborted (its reason), or with a VanaError when the engine fails
   */
  run(task: ResearchTask, emit: (event: EngineEvent) => Promise<void>, signal: AbortSignal): Promise<EngineOutcome>;
}
