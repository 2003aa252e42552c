// Port: results of a run's finished steps, so that whoever takes the run over does not repeat them (a model call
// costs money and never says the same twice). Adapters: JetStream KV, in-memory.
import type { QueuedRun } from './run-queue.js';

/** UTF-8 bytes of one result; a larger one is not kept, its step is repeated after a take-over. */
export const MAX_STEP_BYTES = 512 * 1024;

export interface StepStore {
  /** JSON text, or `undefined`. @throws VanaError store_unavailable */
  get(run: QueuedRun, step: string): Promise<string | undefined>;
  /** The first result of a step counts: a second one is not stored. @throws VanaError store_unavailable */
  put(run: QueuedRun, step: string, json: string): Promise<void>;
  /** The run has ended. Idempotent. @throws VanaError store_unavailable */
  forget(run: QueuedRun): Promise<void>;
}
