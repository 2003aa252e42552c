// A client of an event stream as anybody would write it: fetch, eventsource-parser, and the position sent
// back after a cut.
import { setTimeout as sleep } from 'node:timers/promises';
import { VanaError, type ErrorBody } from '@vana/events';
import { EventSourceParserStream } from 'eventsource-parser/stream';

export interface StreamEvent {
  readonly id: string | undefined;
  readonly type: string;
  readonly data: Record<string, unknown>;
}

export interface FollowRequest {
  readonly url: string;
  readonly token: string;
  readonly signal?: AbortSignal;
}

const FIRST_RETRY_MS = 1_000;
/** Connections in a row without a single event. */
const MOST_FAILURES = 10;

/**
 * Every block of the stream, control blocks included, across reconnections. Ends when the server says that the
 * stream is over. @throws VanaError as the server answered, `no_broadcaster` when it cannot be reached any more
 */
export async function* followStream(request: FollowRequest): AsyncGenerator<StreamEvent> {
  let lastId: string | undefined;
  let retryMs = FIRST_RETRY_MS;
  for (let failures = 0; failures < MOST_FAILURES; failures++) {
    const response = await connect(request, lastId);
    if (response?.status === 204) return;
    if (response?.ok === true && response.body !== null) {
      try {
        for await (const event of eventsOf(response.body, (ms) => (retryMs = ms))) {
          failures = 0;
          lastId = event.id ?? lastId;
          yield event;
          if (event.type === 'end' || (event.type === 'closing' && event.data['reconnect'] === false)) return;
        }
      } catch (error) {
        if (request.signal?.aborted === true) throw error;
        // The connection broke: what it had not delivered comes with the next one.
      }
    } else if (response !== undefined) {
      await refuse(response);
    }
    await sleep(retryMs, undefined, { signal: request.signal });
  }
  throw new VanaError('no_broadcaster');
}

/** `undefined` when there is no connection. */
async function connect({ url, token, signal }: FollowRequest, lastId: string | undefined) {
  const headers = {
    Accept: 'text/event-stream',
    Authorization: `Bearer ${token}`,
    ...(lastId === undefined ? {} : { 'Last-Event-ID': lastId }),
  };
  try {
    return await fetch(url, { headers, ...(signal === undefined ? {} : { signal }) });
  } catch (error) {
    if (signal?.aborted === true) throw error;
    return undefined;
  }
}

async function* eventsOf(body: ReadableStream<Uint8Array>, onRetry: (ms: number) => void): AsyncGenerator<StreamEvent> {
  const messages = body.pipeThrough(new TextDecoderStream()).pipeThrough(new EventSourceParserStream({ onRetry }));
  for await (const message of messages) {
    const data = JSON.parse(message.data) as Record<string, unknown>;
    yield { id: message.id, type: message.event ?? 'message', data };
  }
}

/** A refusal that trying again can cure is let pass; the others are the caller's to hear. */
async function refuse(response: Response): Promise<void> {
  const body = (await response.json().catch(() => undefined)) as ErrorBody | undefined;
  const error = body?.error === undefined ? new VanaError('internal') : VanaError.fromBody(body);
  if (!error.retryable) throw error;
}
