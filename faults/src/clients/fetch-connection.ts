// fetch with eventsource-parser.
import { createParser } from 'eventsource-parser';
import { addressOf, type Connect, type ConnectionListener } from './sse-target.js';

export const fetchConnection: Connect = (target, position, listener) => {
  const abort = new AbortController();
  const headers = {
    authorization: `Bearer ${target.token}`,
    accept: 'text/event-stream',
    ...(position === undefined ? {} : { 'last-event-id': position }),
  };
  void read(fetch(addressOf(target), { headers, signal: abort.signal }), listener);
  return { close: () => abort.abort() };
};

async function read(asked: Promise<Response>, listener: ConnectionListener): Promise<void> {
  try {
    const response = await asked;
    if (response.status !== 200) {
      await response.body?.cancel();
      return listener.ended({ refused: response.status });
    }
    const parser = createParser({
      onEvent: ({ event, id, data }) => listener.block({ type: event ?? 'message', id, data, atMs: performance.now() }),
      onRetry: (ms) => listener.retry(ms),
    });
    const decoder = new TextDecoder();
    for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
      parser.feed(decoder.decode(chunk, { stream: true }));
    }
    listener.ended('ended');
  } catch {
    listener.ended('broken');
  }
}
