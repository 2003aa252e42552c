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
  /** The holder renews it; past it the run is lost. A queued run has one too, until a worker claims it. */
  readonly leaseUntilMs?: number;
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

/** Nobody works on it any more: it has not ended and its lease has passed. */
export function isLost(run: RunRecord, nowMs: number): boolean {
  return !isTerminal(run.status) && (run.leaseUntilMs ?? 0) <= nowMs;
}

export function canMove(from: RunStatus, to: RunStatus): boolean {
  return NEXT[from].includes(to);
}
