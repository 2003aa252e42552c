// Research runs of the orchestrators: one after the other on a session, as a person asks questions.
import type { SessionKey } from '@vana/events';
import { keyOf } from '../oracle/judge-stream.js';
import { sleep, until } from '../waiting.js';
import type { GatewayApi } from './gateway-api.js';

const SETTLE_MS = 45_000;
const PAUSE_MS = 150;

export class RunStarter {
  /** Ids of accepted runs, by session. */
  readonly started = new Map<string, string[]>();
  #stopped = false;
  #work: Promise<void>[] = [];
  #question = 0;

  /** @param events of each run */
  constructor(
    private readonly api: GatewayApi,
    private readonly events: number,
  ) {}

  start(session: SessionKey): void {
    this.started.set(keyOf(session), []);
    this.#work.push(this.#ask(session));
  }

  /** No new run; a last one is asked on every session, which ends those whose worker was lost. */
  async settle(): Promise<void> {
    this.#stopped = true;
    await Promise.all(this.#work);
    for (const key of this.started.keys()) {
      const [tenant, sessionId] = key.split('.') as [string, string];
      await until(() => this.#startOne({ tenant, sessionId }, 3), SETTLE_MS, PAUSE_MS);
      await until(() => this.#isIdle({ tenant, sessionId }), SETTLE_MS, PAUSE_MS);
    }
  }

  stop(): void {
    this.#stopped = true;
  }

  async #ask(session: SessionKey): Promise<void> {
    while (!this.#stopped) {
      await this.#startOne(session, this.events);
      await sleep(PAUSE_MS);
    }
  }

  async #startOne({ tenant, sessionId }: SessionKey, events: number): Promise<boolean> {
    // The same key for as long as the answer is unknown: then it is the same run.
    const key = { 'idempotency-key': `q${this.#question}` };
    const path = `/api/run_sse/${sessionId}`;
    const answer = await this.api.call('POST', path, tenant, { query: `events=${events}` }, key).catch(() => undefined);
    if (answer?.status !== 202) return false;
    this.#question++;
    this.started.get(`${tenant}.${sessionId}`)!.push(String(answer.body['run_id']));
    return true;
  }

  async #isIdle({ tenant, sessionId }: SessionKey): Promise<boolean> {
    const answer = await this.api.call('GET', `/api/sessions/${sessionId}`, tenant).catch(() => undefined);
    return answer?.status === 200 && answer.body['active_run_id'] === undefined;
  }
}
