// A run and the transitions that it may make. Exactly one terminal state, reached once.

export const RUN_STATUSES = ['queued', 'running', 'completed', 'partial', 'cancelled', 'failed'] as const;
export type RunStatus = (typeof RUN_STATUSES)[number];
export type TerminalRunStatus = Exclude<RunStatus, 'queued' | 'running'>;

export interface RunRecord {
  readonly tenant: string;
  readonly runId: string;
  readonly sessionId: string;
  /** Principal id of the one who asked. */
  readonly owner: string;
  readonly query: string;
  readonly status: RunStatus;
  /** Somebody asked to stop it; the worker ends it with `cancelled`. */
  readonly cancelRequested: boolean;
  readonly idempotencyKey?: string;
  /** Times of the store's writers, milliseconds since 1970. */
  readonly createdAtMs: number;
  readonly startedAtMs?: number;
  readonly endedAtMs?: number;
  /** The worker that holds the run (a fresh random id per execution); whoever takes a lost run over puts its own. */
  readonly claimedBy?: string;
  /** The holder renews it; past it a running run is lost. */
  readonly leaseUntilMs?: number;
  /** How often a worker has claimed it. */
  readonly attempts?: number;
  /** `outside`: an agent outside works on it and ends it; absent: an orchestrator. */
  readonly worker?: 'outside';
  /** The message that is written anew by this run. */
  readonly regenerates?: string;
  /** The run whose question is asked again. */
  readonly retryOf?: string;
  readonly reason?: string;
}

const NEXT: Record<RunStatus, readonly RunStatus[]> = {
  queued: ['running', 'cancelled', 'failed'],
  running: ['completed', 'partial', 'cancelled', 'failed'],
  completed: [],
  partial: [],
  cancelled: [],
  failed: [],
};

export function isTerminal(status: RunStatus): status is TerminalRunStatus {
  return NEXT[status].length === 0;
}

/** Nobody works on it any more: it is running and its lease has passed. A queued run waits for its turn. */
export function isLost(run: RunRecord, nowMs: number): boolean {
  return run.status === 'running' && (run.leaseUntilMs ?? 0) <= nowMs;
}

export function canMove(from: RunStatus, to: RunStatus): boolean {
  return NEXT[from].includes(to);
}
