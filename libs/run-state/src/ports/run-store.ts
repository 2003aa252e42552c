// Port: runs, keyed by tenant and run id. Adapters: JetStream KV, in-memory.
import type { RunRecord } from '../run-record.js';

export interface RunStore {
  /**
   * Stores a new run.
   * @returns `undefined` when created, else the record that stands there
   * @throws VanaError store_unavailable
   */
  create(record: RunRecord): Promise<RunRecord | undefined>;

  /** @throws VanaError store_unavailable */
  get(tenant: string, runId: string): Promise<RunRecord | undefined>;

  /**
   * Changes a record by compare-and-set, as `SessionStore.update`.
   * @throws VanaError store_unavailable | store_conflict
   */
  update(
    tenant: string,
    runId: string,
    change: (record: RunRecord) => RunRecord | undefined,
  ): Promise<RunRecord | undefined>;
}
