// Runs of the embedded set-up: one process, so the map is the truth.
import { changeRun, isTerminal, type RunRecord, type RunStore } from '@vana/run-state';
import { ChangeListeners } from './change-listeners.js';

export class InMemoryRunStore implements RunStore {
  readonly #records = new Map<string, RunRecord>();
  readonly #listeners: ChangeListeners<RunRecord>;

  constructor(options: { onListenerError?: (error: unknown) => void } = {}) {
    this.#listeners = new ChangeListeners(options.onListenerError);
  }

  async create(record: RunRecord): Promise<RunRecord | undefined> {
    const standing = this.#records.get(runKey(record.tenant, record.runId));
    if (standing === undefined) this.#put(record);
    return standing;
  }

  async get(tenant: string, runId: string): Promise<RunRecord | undefined> {
    return this.#records.get(runKey(tenant, runId));
  }

  async update(
    tenant: string,
    runId: string,
    change: (record: RunRecord) => RunRecord | undefined,
  ): Promise<RunRecord | undefined> {
    const standing = this.#records.get(runKey(tenant, runId));
    const next = standing && changeRun(standing, change);
    if (next === undefined) return standing;
    this.#put(next);
    return next;
  }

  async listOpen(): Promise<RunRecord[]> {
    const open = [...this.#records.values()].filter(({ status }) => !isTerminal(status));
    return open.sort((a, b) => a.createdAtMs - b.createdAtMs || (a.runId < b.runId ? -1 : 1));
  }

  onChange(listener: (record: RunRecord) => void): () => void {
    return this.#listeners.add(listener);
  }

  #put(record: RunRecord): void {
    this.#records.set(runKey(record.tenant, record.runId), record);
    this.#listeners.tell(record);
  }
}

function runKey(tenant: string, runId: string): string {
  return `${tenant}.${runId}`;
}
