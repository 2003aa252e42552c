// A connection's id names the pod that has it: `<pod id>_<16 hex digits>`.
import { randomBytes } from 'node:crypto';

export function newConnectionId(podId: string): string {
  return `${podId}_${randomBytes(8).toString('hex')}`;
}

/** `undefined` for what is no connection id. */
export function podOfConnection(connectionId: string): string | undefined {
  return /^([A-Za-z0-9-]{1,40})_[0-9a-f]{16}$/.exec(connectionId)?.[1];
}
