// Results of finished steps in the embedded set-up: another pod of the same process finds them.
import { MAX_STEP_BYTES, queuedRunKey, type QueuedRun, type StepStore } from '@vana/run-state';

export class InMemoryStepStore implements StepStore {
  readonly #runs = new Map<string, Map<string, string>>();

  async get(run: QueuedRun, step: string): Promise<string | undefined> {
    return this.#runs.get(queuedRunKey(run))?.get(step);
  }

  async put(run: QueuedRun, step: string, json: string): Promise<void> {
    if (Buffer.byteLength(json) > MAX_STEP_BYTES) return;
    const key = queuedRunKey(run);
    const steps = this.#runs.get(key) ?? new Map<string, string>();
    this.#runs.set(key, steps);
    if (!steps.has(step)) steps.set(step, json);
  }

  async forget(run: QueuedRun): Promise<void> {
    this.#runs.delete(queuedRunKey(run));
  }
}
