// Port: work for the orchestrators, a notice per run that waits or is worked on. The run's record is the truth and
// the notice only says "look at it": one too many costs a look, one too few is found by the sweeper (`held`).
// Adapters: a JetStream work queue, in-memory.

export interface QueuedRun {
  readonly tenant: string;
  readonly runId: string;
}

/** A notice in the hands of one worker. Without `working` it goes to another one after the queue's patience. */
export interface RunDelivery extends QueuedRun {
  /** The run is still worked on: the patience starts anew. Never throws; a notice that is lost comes again. */
  working(): void;
  /** The run needs nobody any more: the notice is gone. @throws VanaError bus_unavailable: it will come again */
  done(): Promise<void>;
  /** Gives it back, for whoever is free after `delayMs`. Never throws. */
  giveBack(delayMs: number): void;
}

export interface RunQueue {
  /**
   * Adds a notice at the end, unless one of the run is there already (waiting or in somebody's hands).
   * @throws VanaError bus_unavailable
   */
  add(run: QueuedRun): Promise<void>;

  /**
   * The next notice for this process, in the order of `add`; those given back come before later ones.
   * @returns `undefined` when `signal` was aborted; a notice is then in nobody's hands
   * @throws VanaError bus_unavailable
   */
  next(signal: AbortSignal): Promise<RunDelivery | undefined>;

  /** Keys (`queuedRunKey`) of all runs that have a notice. @throws VanaError bus_unavailable */
  held(): Promise<ReadonlySet<string>>;
}

/** `<tenant>.<run id>`; neither can contain a dot. */
export function queuedRunKey({ tenant, runId }: QueuedRun): string {
  return `${tenant}.${runId}`;
}
