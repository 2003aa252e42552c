// The end of a connection: what is on its way arrives, what was sent has left, then it is closed.
import type { NatsConnection } from '@nats-io/transport-node';

const WITHIN_MS = 2_000;

/** Never rejects, and is done within `withinMs`: a connection that is down has nothing to wait for. */
export async function drainNats(nc: NatsConnection, withinMs = WITHIN_MS): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<void>((resolve) => {
    timer = setTimeout(resolve, withinMs);
  });
  // Refused when the connection is closed or draining already.
  await Promise.race([nc.drain().catch(() => undefined), late]);
  clearTimeout(timer);
  await nc.close();
}
