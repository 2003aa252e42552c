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

  /**
   * Runs that have not ended, of all tenants, the oldest first. One that ended a moment ago may be among them.
   * @throws VanaError store_unavailable
   */
  listOpen(): Promise<RunRecord[]>;

  /**
   * Tells of every change of a record by any pod, own changes included: how a worker learns of a cancel
   * and a waiting command of the end. A change may be told late or, over a broken connection, not at all
   * (the next renewal of the lease sees it). A listener's exception costs nothing but itself.
   * Returns the stop function.
   */
  onChange(listener: (record: RunRecord) => void): () => void;
}
