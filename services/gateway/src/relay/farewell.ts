// The gateway's own words on an event stream. A native EventSource that gets an error status never comes
// back, so trouble that passes is told on a 200: when to come back, why it ends now, the end.
import { CLOSE_REASONS, parsePosition, type CloseReason } from '@vana/events';
import { encodeControl, encodeRetry } from '@vana/sse-wire';

const RETRY_MS = { least: 250, most: 1_500 };

/** Spread, so that the readers of a lost broadcaster do not all come back in the same moment. */
function retryMs(): number {
  return Math.round(RETRY_MS.least + Math.random() * (RETRY_MS.most - RETRY_MS.least));
}

/**
 * @param position the client's own, repeated so that it does not forget it. Without a usable one the block has
 * no id at all: in the middle of a stream the gateway does not know the position, and an empty id erases it.
 */
export function farewell(reason: CloseReason, position?: string): Buffer {
  const data = { reason, reconnect: CLOSE_REASONS[reason].reconnect };
  const known = position !== undefined && parsePosition(position) !== undefined;
  const closing = known
    ? encodeControl({ type: 'closing', position, data })
    : Buffer.from(`event: closing\ndata: ${JSON.stringify(data)}\n\n`);
  return Buffer.concat([encodeRetry(retryMs()), closing]);
}
