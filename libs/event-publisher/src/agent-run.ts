// A run that the caller's own agent works on: begun, filled with events, finished.
import type { FinishRunBody, RunBody } from '@vana/events';
import { EventPublisher, type AgentEvent } from './event-publisher.js';
import { callGateway } from './gateway-call.js';
import type { PublisherOptions } from './options.js';

export interface RunEnd {
  /** Default `completed`. */
  readonly status?: 'completed' | 'partial' | 'failed';
  /** Markdown. */
  readonly report?: string;
  readonly reason?: string;
}

const JSON_BODY = { 'content-type': 'application/json' };

export class AgentRun {
  readonly runId: string;
  readonly #options: PublisherOptions;
  readonly #publisher: EventPublisher;

  private constructor(options: PublisherOptions, runId: string) {
    this.#options = options;
    this.runId = runId;
    this.#publisher = new EventPublisher(options);
  }

  /**
   * Starts a run on the session, which is created if it is new.
   * @throws PublishError run_active (details.runId) | … as POST /api/runs
   */
  static async start(options: PublisherOptions, query: string): Promise<AgentRun> {
    const call = {
      path: '/api/runs',
      body: JSON.stringify({ session_id: options.sessionId, query }),
      // A repeated request gives the same run.
      headers: { ...JSON_BODY, 'idempotency-key': crypto.randomUUID() },
    };
    const run = await callGateway<RunBody>(options, call, new AbortController().signal);
    return new AgentRun(options, run.run_id);
  }

  /** As EventPublisher.publish. @throws PublishError run_finished when somebody has cancelled the run */
  publish(event: Omit<AgentEvent, 'run_id'>): Promise<string> {
    return this.#publisher.publish({ ...event, run_id: this.runId });
  }

  /** As EventPublisher.ready. */
  ready(): Promise<void> {
    return this.#publisher.ready();
  }

  /** After everything that was published. @throws PublishError run_finished */
  async finish({ status = 'completed', report = '', reason }: RunEnd = {}): Promise<void> {
    await this.#publisher.close();
    const body: FinishRunBody = { status, final_report: report, ...(reason === undefined ? {} : { reason }) };
    const call = { path: `/api/runs/${this.runId}/finish`, body: JSON.stringify(body), headers: JSON_BODY };
    await callGateway(this.#options, call, new AbortController().signal);
  }
}
