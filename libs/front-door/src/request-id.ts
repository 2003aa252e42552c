// The id under which a request is found in the logs of all pods.
import { randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';

/** Short and plain: it is written into logs and passed on in a header. */
const SANE = /^[A-Za-z0-9._:-]{1,64}$/;

/** The client's own `X-Request-Id` when it is sane, else a new one. */
export function requestIdOf({ headers }: Pick<IncomingMessage, 'headers'>): string {
  const given = headers['x-request-id'];
  return typeof given === 'string' && SANE.test(given) ? given : randomUUID();
}
