// fetch with eventsource-parser: how a program reads a stream with headers of its own.
import { createParser } from 'eventsource-parser';
import { type ReceivedBlock, type StreamClient } from './stream-client.js';

export const fetchClient: StreamClient = async ({ url, token, lastEventId, until }) => {
  const abort = new AbortController();
  const response = await fetch(url, {
    headers: {
      authorization: `Bearer ${token}`,
      accept: 'text/event-stream',
      ...(lastEventId === undefined ? {} : { 'last-event-id': lastEventId }),
    },
    signal: abort.signal,
  });
  if (response.status !== 200) throw new Error(`status ${response.status}: ${await response.text()}`);
  const blocks: ReceivedBlock[] = [];
  let ended = false;
  const parser = createParser({
    onEvent: ({ event, id, data }) => {
      if (ended) return;
      const block = { type: event ?? 'message', id: id ?? '', data };
      blocks.push(block);
      ended = until(block);
    },
  });
  const decoder = new TextDecoder();
  for await (const chunk of response.body as AsyncIterable<Uint8Array>) {
    parser.feed(decoder.decode(chunk, { stream: true }));
    if (ended) break;
  }
  if (!ended) throw new Error('the server ended the stream');
  abort.abort();
  return blocks;
};
