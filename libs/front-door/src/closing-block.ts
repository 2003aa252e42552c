// The server's last words on an event stream that it does not carry on. A native EventSource that gets an
// error status never comes back, so trouble that passes is told on a 200: when to come back, why it ends now.
import { CLOSE_REASONS, parsePosition, type CloseReason } from '@vana/events';
import { encodeControl, encodeRetry } from '@vana/sse-wire';
import type { FastifyRequest } from 'fastify';

const RETRY_MS = { least: 250, most: 1_500 };
const SHEDDING_MS = { least: 5_000, most: 10_000 };

/** Spread, so that not all come back in the same moment. */
const between = ({ least, most }: typeof RETRY_MS) => Math.round(least + Math.random() * (most - least));

/** How long clients wait before they come back, milliseconds. */
function retryMs(reason: CloseReason, notBeforeS: number | undefined): number {
  if (notBeforeS !== undefined) return notBeforeS * 1_000 + between(RETRY_MS);
  return between(reason === 'too_many_connections' ? SHEDDING_MS : RETRY_MS);
}

/**
 * @param position the client's own, repeated so that it does not forget it. Without a usable one the block has
 * no id at all: who relays bytes does not know the position, and an empty id erases the client's.
 * @param notBeforeS seconds until coming back makes sense
 */
export function closingBlock(reason: CloseReason, position?: string, notBeforeS?: number): Buffer {
  const data = { reason, reconnect: CLOSE_REASONS[reason].reconnect };
  const known = position !== undefined && parsePosition(position) !== undefined;
  const closing = known
    ? encodeControl({ type: 'closing', position, data })
    : Buffer.from(`event: closing\ndata: ${JSON.stringify(data)}\n\n`);
  return Buffer.concat([encodeRetry(retryMs(reason, notBeforeS)), closing]);
}

/** The position that a client of an event stream comes with; only what is one: it is repeated to the client. */
export function clientPosition({ headers, query }: Pick<FastifyRequest, 'headers' | 'query'>): string | undefined {
  const header = headers['last-event-id'];
  const { lastEventId } = (query ?? {}) as { lastEventId?: unknown };
  const position = header === undefined || header === '' ? lastEventId : header;
  return typeof position === 'string' && parsePosition(position) !== undefined ? position : undefined;
}
