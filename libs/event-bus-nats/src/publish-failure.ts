// What a failed attempt to publish means for the next step.
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { errors } from '@nats-io/transport-node';

/**
 * `timeout`: it may be stored or not. `conflict`: the session's last sequence is another one, nothing was
 * stored. `refused`: JetStream is not there or not ready, nothing was stored. `final`: trying again is in vain.
 */
export type PublishFailure = 'timeout' | 'conflict' | 'refused' | 'final';

const SERVER_NOT_READY = 503;

export function publishFailure(error: unknown): PublishFailure {
  if (error instanceof JetStreamApiError) {
    const { StreamWrongLastSequence, StreamWrongLastSequenceUnknown } = JetStreamApiCodes;
    if (error.code === StreamWrongLastSequence || error.code === StreamWrongLastSequenceUnknown) return 'conflict';
    return error.status >= SERVER_NOT_READY ? 'refused' : 'final';
  }
  if (isNoResponders(error) || (error instanceof Error && isNoResponders(error.cause))) return 'refused';
  if (error instanceof errors.ClosedConnectionError || error instanceof errors.DrainingConnectionError) return 'final';
  if (error instanceof errors.PermissionViolationError || error instanceof errors.AuthorizationError) return 'final';
  return 'timeout';
}

/** Nobody listens on the subject: JetStream is not running, or the stream does not exist. */
function isNoResponders(error: unknown): boolean {
  return error instanceof errors.RequestError && error.isNoResponders();
}
