// Asks a question at a gateway and follows the run to its end, like any client of the system.
import { VanaError, type ErrorBody } from '@vana/events';
import { followStream, type StreamEvent } from './follow-stream.js';

export interface Question {
  readonly gateway: string;
  readonly token: string;
  readonly sessionId: string;
  readonly text: string;
  readonly signal?: AbortSignal;
}

interface Source {
  readonly shortId: string;
  readonly title: string;
  readonly url: string;
}

export interface Answer {
  readonly runId: string;
  readonly status: 'completed' | 'partial' | 'cancelled' | 'failed';
  readonly report: string;
  readonly reason: string | undefined;
  readonly sources: readonly Source[];
  /** Stored events that arrived. */
  readonly events: number;
  readonly seconds: number;
}

/** Blocks that the server writes between the stored events. */
const CONTROL = new Set(['agent_network_connection', 'heartbeat', 'caught_up', 'gap', 'delivery', 'closing', 'end']);

/** @param watch sees every event as it comes. @throws VanaError as the gateway answered */
export async function askQuestion(question: Question, watch: (event: StreamEvent) => void): Promise<Answer> {
  const startedMs = performance.now();
  const runId = await startRun(question);
  const url = streamUrl(question.gateway, question.sessionId);
  let events = 0;
  let sources: readonly Source[] = [];
  let failure: string | undefined;
  const { token, signal } = question;
  for await (const event of followStream({ url, token, ...(signal === undefined ? {} : { signal }) })) {
    if (!CONTROL.has(event.type)) events += 1;
    watch(event);
    if (event.data['runId'] !== runId) continue;
    if (event.type === 'research_sources') sources = event.data['sources'] as readonly Source[];
    if (event.type === 'error') failure = String(event.data['message']);
    if (event.type !== 'research_complete') continue;
    return {
      runId,
      status: event.data['status'] as Answer['status'],
      report: String(event.data['final_report']),
      reason: failure ?? (typeof event.data['reason'] === 'string' ? event.data['reason'] : undefined),
      sources,
      events,
      seconds: (performance.now() - startedMs) / 1000,
    };
  }
  throw new VanaError('run_lost');
}

export function streamUrl(gateway: string, sessionId: string): string {
  return `${gateway}/api/stream/${sessionId}?channels=agents,research,chat`;
}

async function startRun({ gateway, token, sessionId, text, signal }: Question): Promise<string> {
  const response = await fetch(`${gateway}/api/run_sse/${sessionId}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' },
    body: JSON.stringify({ query: text }),
    ...(signal === undefined ? {} : { signal }),
  });
  const body = (await response.json()) as { run_id: string } | ErrorBody;
  if ('error' in body) throw VanaError.fromBody(body);
  return body.run_id;
}
