// The `eventsource` package: the browser's EventSource API. It cannot send headers of its own, so the
// token comes in through its fetch, and the position of an earlier connection through the URL.
import { EVENT_KINDS } from '@vana/events';
import { EventSource } from 'eventsource';
import { CONTROL_TYPES, type ReceivedBlock, type StreamClient } from './stream-client.js';

const TYPES = [...Object.keys(EVENT_KINDS), ...CONTROL_TYPES];

export const eventSourceClient: StreamClient = ({ url, token, lastEventId, until }) =>
  new Promise((resolve, reject) => {
    const address = new URL(url);
    if (lastEventId !== undefined) address.searchParams.set('lastEventId', lastEventId);
    const blocks: ReceivedBlock[] = [];
    const source = new EventSource(address, {
      fetch: (input, init) => fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${token}` } }),
    });
    const end = (settle: () => void): void => {
      source.close();
      settle();
    };
    for (const type of TYPES) {
      source.addEventListener(type, (event) => {
        // An `error` without data is EventSource's own: the connection broke.
        if (!(event instanceof MessageEvent)) return end(() => reject(new Error('the connection broke')));
        if (source.readyState === source.CLOSED) return;
        const block = { type, id: event.lastEventId, data: event.data as string };
        blocks.push(block);
        if (until(block)) end(() => resolve(blocks));
      });
    }
  });
