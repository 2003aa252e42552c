// Which headers cross the gateway. Towards a broadcaster only those that it needs: nothing hop-by-hop,
// no cookie, no token of the client's, no `x-vana-*`, no client's claim of where it came from.
import type { IncomingHttpHeaders, IncomingMessage, OutgoingHttpHeaders } from 'node:http';

const PASSED_ON = ['accept', 'last-event-id', 'traceparent', 'tracestate', 'user-agent'] as const;

/** RFC 9110, 7.6.1: they speak of one connection only. */
const HOP_BY_HOP: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'proxy-authenticate',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** Where a request came from, proxies seen through. */
export interface ClientFacts {
  readonly requestId: string;
  readonly address: string;
  readonly protocol: string;
  readonly host: string;
}

/**
 * Compression is never asked for: the bytes must reach the client as they are, and at once.
 * @param bearer token of this call
 */
export function upstreamHeaders(
  { headers }: IncomingMessage,
  client: ClientFacts,
  bearer: string,
): OutgoingHttpHeaders {
  const passed: Record<string, string | string[]> = {
    authorization: `Bearer ${bearer}`,
    'x-request-id': client.requestId,
    'x-forwarded-for': client.address,
    'x-forwarded-proto': client.protocol,
  };
  if (client.host !== '') passed['x-forwarded-host'] = client.host;
  for (const name of PASSED_ON) {
    const value = headers[name];
    if (value !== undefined) passed[name] = value;
  }
  return passed;
}

/** A broadcaster's headers for the client. */
export function clientHeaders(headers: IncomingHttpHeaders): OutgoingHttpHeaders {
  const named = (headers.connection ?? '').split(',').map((name) => name.trim().toLowerCase());
  const dropped = (name: string) => HOP_BY_HOP.has(name) || named.includes(name) || name.startsWith('x-vana-');
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped(name)));
}
