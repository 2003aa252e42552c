// Faults of the servers become the one code that callers know.
import { JetStreamApiCodes, JetStreamApiError } from '@nats-io/jetstream';
import { VanaError } from '@vana/events';

/** @throws VanaError store_unavailable with the cause; a VanaError passes as it is */
export async function atStore<T>(call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    throw error instanceof VanaError ? error : new VanaError('store_unavailable', { cause: error });
  }
}

/** The compare-and-set was refused: somebody else wrote in between. */
export function isWrongRevision(error: unknown): boolean {
  return (
    error instanceof JetStreamApiError &&
    (error.code === JetStreamApiCodes.StreamWrongLastSequence ||
      error.code === JetStreamApiCodes.StreamWrongLastSequenceUnknown)
  );
}
