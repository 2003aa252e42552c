// A session in which something happens all the time: one scripted run after the other.
import { call } from './api.js';

/** Pause between two looks at whether the run before has ended. */
const PAUSE_MS = 20;

export class EndlessRuns {
  #stopped = false;
  #started = 0;
  readonly #done: Promise<void>;

  constructor(
    private readonly gateway: string,
    private readonly sessionId: string,
    private readonly token: string,
    private readonly question = 'events=25',
  ) {
    this.#done = this.#run();
  }

  get started(): number {
    return this.#started;
  }

  /** Resolves when the last start has been answered; its run may still go on. */
  async stop(): Promise<void> {
    this.#stopped = true;
    await this.#done;
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      // A gateway that is killed takes the answer with it: the next start is told whether the run is active.
      const answer = await call(`${this.gateway}/api/run_sse/${this.sessionId}`, {
        method: 'POST',
        token: this.token,
        json: { query: this.question },
      }).catch(() => undefined);
      if (answer?.status === 202) this.#started += 1;
      else await new Promise((resolve) => setTimeout(resolve, PAUSE_MS));
    }
  }
}
