// The connection's status as a callback.
import type { NatsConnection } from '@nats-io/transport-node';

/** Calls `listener` each time the connection is back. Returns the function that stops it. */
export function onReconnect(nc: NatsConnection, listener: () => void): () => void {
  let listening = true;
  const statuses = nc.status();
  void (async () => {
    for await (const status of statuses) {
      if (!listening) return;
      if (status.type === 'reconnect') listener();
    }
  })();
  return () => {
    listening = false;
    (statuses as { stop?: () => void }).stop?.();
  };
}
