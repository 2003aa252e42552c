// Stored events and control blocks as SSE frame bytes. A frame depends on the stored event and its
// position alone, so that every pod writes the same bytes for it, live or replayed.
import { VanaError, type ControlBlock, type StoredEvent } from '@vana/events';

const FORBIDDEN_IN_FIELD = /[\r\n\0]/;

/** A comment: keeps proxies from closing an idle connection; clients do not see it. */
export const COMMENT: Buffer = Buffer.from(':\n\n');

/** Head of every event stream. `X-Accel-Buffering` switches nginx's response buffering off. */
export const SSE_HEADERS = {
  'content-type': 'text/event-stream; charset=utf-8',
  'cache-control': 'no-store, no-transform',
  'x-accel-buffering': 'no',
} as const;

function frame(name: string, id: string, data: object, retryMs?: number): Buffer {
  if (FORBIDDEN_IN_FIELD.test(name) || FORBIDDEN_IN_FIELD.test(id)) {
    throw new VanaError('invalid_event', { details: { field: 'type or id', problem: 'contains CR, LF or NUL' } });
  }
  const retry = retryMs === undefined ? '' : `retry: ${retryMs}\n`;
  return Buffer.from(`${retry}event: ${name}\nid: ${id}\ndata: ${JSON.stringify(data)}\n\n`);
}

/** The `data:` object: the payload, and the envelope's facts where the payload does not have them. */
export function wireData(event: StoredEvent): Record<string, unknown> {
  const { sessionId, runId, agentId, parentAgentId, channel, createdAt } = event;
  return {
    sessionId,
    ...(runId === undefined ? {} : { runId }),
    ...(agentId === undefined ? {} : { agentId }),
    ...(parentAgentId === undefined ? {} : { parentAgentId }),
    channel,
    timestamp: createdAt,
    ...event.data,
  };
}

/**
 * @param position SSE id, `<epoch>-<seq>`
 * @param eventName the `event:` field, when it is not the event's type
 * @throws VanaError invalid_event when the name or the id cannot stand on one line
 */
export function encodeEvent(position: string, event: StoredEvent, eventName: string = event.type): Buffer {
  return frame(eventName, position, wireData(event), event.retry);
}

/** @param eventName the `event:` field, when it is not the block's type */
export function encodeControl(block: ControlBlock, eventName: string = block.type): Buffer {
  return frame(eventName, block.position, block.data);
}

/** @param ms whole milliseconds until the client reconnects after a break */
export function encodeRetry(ms: number): Buffer {
  return Buffer.from(`retry: ${Math.round(ms)}\n\n`);
}
