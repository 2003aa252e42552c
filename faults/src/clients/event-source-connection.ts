// The `eventsource` package: the browser's EventSource API with its own reconnecting. It is made anew only
// when it has given up, as it does after an error status.
import { EVENT_KINDS } from '@vana/events';
import { EventSource } from 'eventsource';
import { addressOf, type Connect } from './sse-target.js';

const CONTROL = ['agent_network_connection', 'heartbeat', 'gap', 'caught_up', 'delivery', 'closing', 'end'];
const TYPES = [...new Set([...Object.keys(EVENT_KINDS), ...CONTROL, 'error', 'x.faults.note'])];

export const eventSourceConnection: Connect = (target, position, listener) => {
  const source = new EventSource(addressOf(target, position === undefined ? {} : { lastEventId: position }), {
    fetch: (input, init) =>
      fetch(input, { ...init, headers: { ...init.headers, authorization: `Bearer ${target.token}` } }),
  });
  for (const type of TYPES) {
    source.addEventListener(type, (event) => {
      if (event instanceof MessageEvent) {
        // EventSource tells the last id it knows, not whether this block had one.
        const id = event.lastEventId === '' ? undefined : event.lastEventId;
        listener.block({ type, id, data: event.data as string, atMs: performance.now() });
      } else if (source.readyState === source.CLOSED) {
        listener.ended({ refused: statusOf(event) ?? 0 });
      }
    });
  }
  return { close: () => source.close() };
};

function statusOf(event: Event): number | undefined {
  return (event as { code?: number }).code;
}
