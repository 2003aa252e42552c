// One HTTP GET that can only reach permitted addresses: the name is resolved once, every address it has is checked,
// and the connection goes to those very addresses, so a name that resolves otherwise a moment later gains nothing.
import { lookup as systemLookup } from 'node:dns/promises';
import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import type { LookupFunction } from 'node:net';
import { literalAddress } from './page-address.js';

/** All addresses of a name, in the order to try them. @throws when there are none */
type ResolveName = (hostname: string) => Promise<readonly string[]>;
/** Whether a connection may go there. */
type PermitAddress = (address: string) => boolean;

export interface RequestGuard {
  readonly resolve: ResolveName;
  readonly permit: PermitAddress;
}

/** The request would have gone to an address that is not permitted. */
export class ForbiddenAddress extends Error {
  constructor() {
    super('address not permitted');
    this.name = 'ForbiddenAddress';
  }
}

export async function resolveName(hostname: string): Promise<readonly string[]> {
  const found = await systemLookup(hostname, { all: true });
  return found.map(({ address }) => address);
}

/**
 * Resolves with the head of the answer; its body is the caller's to read or destroy. Redirects are not followed.
 * @throws ForbiddenAddress before any connection is made; the signal's reason; what the network throws
 */
export async function guardedRequest(
  url: URL,
  headers: Readonly<Record<string, string>>,
  { resolve, permit }: RequestGuard,
  signal: AbortSignal,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const literal = literalAddress(url);
  const addresses = literal === undefined ? await resolve(url.hostname) : [literal];
  signal.throwIfAborted();
  // One bad address among good ones is a name that tries to look harmless.
  if (addresses.length === 0 || !addresses.every(permit)) throw new ForbiddenAddress();
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  return new Promise<IncomingMessage>((settle, reject) => {
    // No shared agent: a connection that somebody else opened was not checked here.
    const sent = send(url, { headers, agent: false, lookup: pinned(addresses), signal }, settle);
    sent.once('socket', (socket) => {
      // What the connection really goes to has the last word.
      socket.once('connect', () => {
        if (socket.remoteAddress === undefined || !permit(socket.remoteAddress)) sent.destroy(new ForbiddenAddress());
      });
    });
    sent.once('error', reject);
    sent.end();
  });
}

function pinned(addresses: readonly string[]): LookupFunction {
  const entries = addresses.map((address) => ({ address, family: address.includes(':') ? 6 : 4 }));
  return (_hostname, { all }, callback) => {
    if (all === true) callback(null, entries);
    else callback(null, entries[0]!.address, entries[0]!.family);
  };
}
