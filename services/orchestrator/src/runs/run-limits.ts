// How long and how many. All in one place, because several of them depend on each other.

export interface RunLimits {
  /** Runs that one pod works on at once. */
  readonly runsPerPod: number;
  /** Runs of one principal that are worked on at once, on all pods; two pods may exceed it for a moment. */
  readonly runsPerPrincipal: number;
  /** Runs that may wait; a start above that is refused. */
  readonly queueLimit: number;
  /** How often a run is taken over before it ends as `failed` (run_lost), its first attempt counted. */
  readonly maxAttempts: number;
  /** How often all open runs are looked at. */
  readonly sweepEveryMs: number;
  /** How long a run whose principal has enough running ones is put aside. */
  readonly putAsideMs: number;
  /** A run whose holder has not renewed for this long is lost. */
  readonly leaseMs: number;
  /** Well below `leaseMs`: two renewals may fail before the run is lost. */
  readonly renewEveryMs: number;
  /** First wait before something that failed is tried again; it doubles up to `retryMaxMs`. */
  readonly retryMinMs: number;
  readonly retryMaxMs: number;
  /** How long a command waits for a cancelled run to end. Above `abandonMs`, below the gateway's patience. */
  readonly cancelWaitMs: number;
  /** An engine that goes on this long after its abort is left behind; its run ends without it. */
  readonly abandonMs: number;
  /** How long running work may go on when the pod stops. */
  readonly shutdownGraceMs: number;
  /** How long a stopping pod tries to store the ends of its runs. */
  readonly endPatienceMs: number;
  /** How long a command tries to store the end of a lost run. Below the gateway's patience. */
  readonly healPatienceMs: number;
}

export const DEFAULT_RUN_LIMITS: RunLimits = {
  runsPerPod: 4,
  runsPerPrincipal: 8,
  queueLimit: 1_000,
  maxAttempts: 3,
  sweepEveryMs: 5_000,
  putAsideMs: 500,
  leaseMs: 15_000,
  renewEveryMs: 5_000,
  retryMinMs: 100,
  retryMaxMs: 2_000,
  cancelWaitMs: 3_500,
  abandonMs: 2_000,
  shutdownGraceMs: 5_000,
  endPatienceMs: 8_000,
  healPatienceMs: 3_000,
};
