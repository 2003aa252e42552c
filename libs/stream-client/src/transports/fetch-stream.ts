// Streaming by fetch: the token goes into a header, every byte is seen, back-pressure works.
import { createParser } from 'eventsource-parser';
import { StreamError } from '../states.js';
import { deliver, request, type Transport } from './transport.js';

export const fetchStream: Transport = async (given, sink) => {
  const resume = given.position === undefined ? {} : { 'last-event-id': given.position };
  const response = await request(given.url, { accept: 'text/event-stream', ...resume }, given);
  if (response.status === 204) return 'ended';
  const type = response.headers.get('content-type') ?? '';
  if (!/^text\/event-stream\b/i.test(type) || !response.body) {
    await response.body?.cancel();
    throw new StreamError('stream', `The answer is no event stream but ${type || 'of no type'}.`);
  }
  let lastId = given.position ?? '';
  const parser = createParser({
    onEvent: ({ event, id, data }) => {
      lastId = id ?? lastId;
      deliver(sink, event ?? 'message', lastId, data);
    },
    onRetry: (ms) => sink.retry(ms),
  });
  // Takes off a byte order mark and keeps characters that are cut between chunks.
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let opened = false;
  try {
    for (;;) {
      const { done, value } = await reader.read();
      // What stands after the last blank line is an event that was cut off: it is not given out.
      if (done) return 'broken';
      if (!opened) sink.opened();
      opened = true;
      sink.alive();
      parser.feed(decoder.decode(value, { stream: true }));
      await sink.ready();
    }
  } catch (error) {
    if (error instanceof StreamError) throw error;
    return 'broken';
  } finally {
    reader.cancel().catch(() => undefined);
  }
};
