// Streaming by fetch: the token goes into a header, every byte is seen, back-pressure works.
import { createParser } from 'eventsource-parser';
import { StreamError } from '../states.js';
import { request, type Transport } from './transport.js';

export const fetchStream: Transport = async (given, sink) => {
  const resume = given.position === undefined ? {} : { 'last-event-id': given.position };
  const { method, body } = given;
  const headers = { accept: 'text/event-stream', ...resume };
  const response = await request(given.url, headers, given, { method, ...(body === undefined ? {} : { body }) });
  if (response.status === 204) return 'ended';
  const type = response.headers.get('content-type') ?? '';
  if (!/^text\/event-stream\b/i.test(type) || !response.body) {
    await response.body?.cancel();
    throw new StreamError('stream', `The answer is no event stream but ${type || 'of no type'}.`);
  }
  let lastId = given.position ?? '';
  const { comment } = sink;
  const parser = createParser({
    onId: (id) => (lastId = id),
    onEvent: ({ event = 'message', data }) => sink.message({ type: event, id: lastId, data }),
    onRetry: (ms) => sink.retry(ms),
    ...(comment ? { onComment: (text) => comment(text) } : {}),
  });
  // Keeps characters that are cut between chunks. The parser takes a byte order mark off, one and no more.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
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
