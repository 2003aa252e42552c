// What the orchestrator is built from. main.ts gives the real adapters, `npm start` the embedded ones.
import type { Logger, ReadyChecks, Registry } from '@vana/observability';
import type { RunStore, SessionStore } from '@vana/run-state';
import type { Clock, EventLog, EventPublisher } from '@vana/stream-core';
import type { ResearchEngine } from './engine/research-engine.js';

export interface OrchestratorPorts {
  readonly publisher: EventPublisher;
  readonly sessions: SessionStore;
  readonly runs: RunStore;
  readonly engine: ResearchEngine;
  readonly logger: Logger;
  readonly registry: Registry;
  readonly clock: Clock;
  /**
   * Where the end of a lost run is looked for before it is written. Without it a second end is prevented
   * only as long as the bus remembers event ids (its duplicate window).
   */
  readonly log?: EventLog;
  /** What /health/ready looks at; the embedded adapters are always up. */
  readonly ready?: () => Promise<ReadyChecks>;
}
