// The server has seen everything that was sent before, subscriptions included.
import { VanaError } from '@vana/events';
import type { NatsConnection } from '@nats-io/transport-node';

const TIMEOUT_MS = 5_000;

/** @throws VanaError bus_unavailable when the server does not answer within `timeoutMs` */
export async function flushed(nc: NatsConnection, timeoutMs = TIMEOUT_MS): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs} ms`)), timeoutMs);
  });
  try {
    await Promise.race([nc.flush(), late]);
  } catch (cause) {
    throw new VanaError('bus_unavailable', { cause });
  } finally {
    clearTimeout(timer);
  }
}
