// Every failure of the bus client leaves this adapter as the same error.
import { VanaError } from '@vana/events';

/** Runs a call to the bus. @throws VanaError bus_unavailable with the client's error as its cause */
export async function orBusUnavailable<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (cause) {
    throw cause instanceof VanaError ? cause : new VanaError('bus_unavailable', { cause });
  }
}
