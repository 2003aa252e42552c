// The runs that have not ended, as this pod knows them: by the store's change notices, and by a look at all of them
// now and then. Good for limits and positions; who works on what is decided by the records.
import { isTerminal, queuedRunKey, type RunRecord, type RunStore } from '@vana/run-state';

export class RunBoard {
  readonly #runs: Pick<RunStore, 'listOpen' | 'onChange'>;
  readonly #open = new Map<string, RunRecord>();
  readonly #stopListening: () => void;
  #changedSince: Set<string> | undefined;

  constructor(runs: Pick<RunStore, 'listOpen' | 'onChange'>) {
    this.#runs = runs;
    this.#stopListening = runs.onChange((run) => this.#see(run));
  }

  /** All that are open. @throws VanaError store_unavailable */
  async refresh(): Promise<RunRecord[]> {
    const changed = new Set<string>();
    this.#changedSince = changed;
    const listed = await this.#runs.listOpen();
    const keys = new Set(listed.map(queuedRunKey));
    // What has changed while the list was made is newer than the list.
    for (const run of listed) if (!changed.has(queuedRunKey(run))) this.#open.set(queuedRunKey(run), run);
    for (const key of this.#open.keys()) if (!keys.has(key) && !changed.has(key)) this.#open.delete(key);
    return listed;
  }

  get(tenant: string, runId: string): RunRecord | undefined {
    return this.#open.get(queuedRunKey({ tenant, runId }));
  }

  get queued(): number {
    let count = 0;
    for (const run of this.#open.values()) if (waits(run)) count++;
    return count;
  }

  /** Runs of one principal that orchestrators work on. */
  runningOf({ tenant, owner }: Pick<RunRecord, 'tenant' | 'owner'>): number {
    let count = 0;
    for (const run of this.#open.values()) {
      if (run.status === 'running' && run.worker === undefined && run.tenant === tenant && run.owner === owner) count++;
    }
    return count;
  }

  /** Runs that came before and wait as well. */
  ahead(run: RunRecord): number {
    let count = 0;
    for (const other of this.#open.values()) {
      if (!waits(other) || other.runId === run.runId) continue;
      const earlier = other.createdAtMs - run.createdAtMs || (other.runId < run.runId ? -1 : 1);
      if (earlier < 0) count++;
    }
    return count;
  }

  /** Before the change notice comes. */
  add(run: RunRecord): void {
    if (!this.#open.has(queuedRunKey(run))) this.#see(run);
  }

  close(): void {
    this.#stopListening();
  }

  #see(run: RunRecord): void {
    const key = queuedRunKey(run);
    this.#changedSince?.add(key);
    if (isTerminal(run.status)) this.#open.delete(key);
    else this.#open.set(key, run);
  }
}

function waits({ status, cancelRequested }: RunRecord): boolean {
  return status === 'queued' && !cancelRequested;
}
