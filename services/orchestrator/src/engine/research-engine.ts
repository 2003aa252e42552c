// Port: what turns a question into a report. The corpus engine is one; a language-model engine comes beside it.
import type { Channel } from '@vana/events';

export interface ResearchTask {
  readonly runId: string;
  readonly sessionId: string;
  readonly query: string;
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
   * awaits it, so a slow bus slows the engine. The orchestrator itself publishes `research_started`, the
   * `error` of a failure and the one `research_complete`.
   * @throws when `signal` is aborted (its reason), or with a VanaError when the engine fails
   */
  run(task: ResearchTask, emit: (event: EngineEvent) => Promise<void>, signal: AbortSignal): Promise<EngineOutcome>;
}
