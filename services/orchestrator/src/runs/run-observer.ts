// What running research tells of itself; metrics and logs are made from it. No method may throw.
import type { RunRecord, TerminalRunStatus } from '@vana/run-state';

/** Enough to find the run in a log; never its question. */
export type RunRef = Pick<RunRecord, 'tenant' | 'sessionId' | 'runId'>;

export interface RunObserver {
  started(run: RunRef): void;
  ended(run: RunRef, status: TerminalRunStatus, durationMs: number): void;
  /** The engine failed; the run ends `failed`. */
  engineFailed(run: RunRef, error: unknown): void;
  /** The engine went on after its abort and was left behind. */
  engineAbandoned(run: RunRef): void;
  published(channel: string, latencyMs: number): void;
  /** Something failed and is tried again. */
  retried(run: RunRef, what: 'publish' | 'store', error: unknown): void;
  /** This pod stopped working on the run before its end was stored; its lease will pass. */
  dropped(run: RunRef, error: unknown): void;
  /** This pod goes on with a run whose worker was lost or has left; `stored` events of it are there. */
  resumed(run: RunRef, attempt: number, stored: number): void;
  /** A stopping pod let go of the run for another one to go on. */
  handedOver(run: RunRef): void;
  /** The queue could not be asked, or a notice not handled; done again soon. */
  queueFailed(error: unknown): void;
  /** Open runs could not be looked at; done again soon. */
  sweepFailed(error: unknown): void;
  /** A run whose worker was lost has been ended by this pod. */
  lostRunEnded(run: RunRef): void;
}
