// Turning a stream away without an error status, which would close a native EventSource for good: 200, a
// `retry:` that spreads the returns, `closing` with the reason, end.
import { CLOSE_REASONS, type CloseReason } from '@vana/events';
import { SSE_HEADERS, encodeControl, encodeRetry } from '@vana/sse-wire';
import type { FastifyReply } from 'fastify';
import { echoedPosition } from './echoed-position.js';
import { jitteredMs, type RetryKind } from './retry-times.js';

export function refuseStream(
  reply: FastifyReply,
  reason: CloseReason,
  position: string | undefined,
  comeBack: RetryKind = reason === 'too_many_connections' ? 'shedding' : 'usual',
): void {
  const data = { reason, reconnect: CLOSE_REASONS[reason].reconnect };
  const retry = encodeRetry(jitteredMs(comeBack));
  const body = Buffer.concat([retry, encodeControl({ type: 'closing', position: echoedPosition(position), data })]);
  void reply
    .status(200)
    .headers({ ...SSE_HEADERS, connection: 'close' })
    .send(body);
}
