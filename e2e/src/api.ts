// The gateway's JSON side, as a test calls it.
import type { ReceivedBlock } from './clients/stream-client.js';

export interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

export interface Call {
  readonly method?: string;
  readonly token?: string | undefined;
  readonly json?: unknown;
  /** Sent as it is, instead of `json`. */
  readonly text?: string;
  readonly headers?: Record<string, string>;
}

export async function call(
  url: string,
  { method = 'GET', token, json, text, headers = {} }: Call = {},
): Promise<Answer> {
  const body = text ?? (json === undefined ? undefined : JSON.stringify(json));
  const response = await fetch(url, {
    method,
    headers: {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      ...headers,
    },
    ...(body === undefined ? {} : { body }),
  });
  const answer = await response.text();
  return { status: response.status, body: answer === '' ? {} : (JSON.parse(answer) as Record<string, unknown>) };
}

export function codeOf({ body }: Answer): unknown {
  return (body['error'] as { code?: unknown } | undefined)?.code;
}

/** An event as the JSON routes give it: what stands in an SSE block. */
interface JsonBlock {
  readonly id: string;
  readonly event: string;
  readonly data: Record<string, unknown>;
}

/** As the clients of streams give it. */
export function blocksOf({ body }: Answer): ReceivedBlock[] {
  return (body['events'] as JsonBlock[]).map(({ id, event, data }) => ({
    id,
    type: event,
    data: JSON.stringify(data),
  }));
}

/** All stored events of a session by JSON pages: what the streams are compared with. */
export async function storedEvents(gateway: string, sessionId: string, token: string): Promise<ReceivedBlock[]> {
  const events: ReceivedBlock[] = [];
  for (let after = ''; ;) {
    const page = await call(`${gateway}/api/sessions/${sessionId}/events?limit=100${after}`, { token });
    if (page.status !== 200) throw new Error(`page: ${page.status} ${JSON.stringify(page.body)}`);
    const blocks = blocksOf(page);
    if (blocks.length === 0) return events;
    events.push(...blocks);
    after = `&after=${String(page.body['next'])}`;
  }
}
