// What the orchestrator is built from. main.ts gives the real adapters, `npm start` the embedded ones.
import type { Logger, ReadyChecks, Registry } from '@vana/observability';
import type { RunQueue, RunStore, SessionStore, StepStore } from '@vana/run-state';
import type { Clock, EventEraser, EventLog, EventPublisher } from '@vana/stream-core';
import type { ResearchEngine } from './engine/research-engine.js';

export interface OrchestratorPorts {
  readonly publisher: EventPublisher;
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly engine: ResearchEngine;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  /** What of a run is stored, before anybody goes on with it. */
  readonly log: EventLog;
  /** Takes the events of a deleted session away, wherever they are. */
  readonly eraser: EventEraser;
  readonly queue: RunQueue;
  readonly steps: StepStore;
  /** What /health/ready looks at; the embedded adapters are always up. */
  readonly ready?: () => Promise<ReadyChecks>;
}
