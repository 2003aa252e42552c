// A browser sends its cookie along with whatever request a page makes, so the page has to be one of ours or
// one that the settings name. Streams are no exception: their events can be read by a page that opens one.
import { VanaError } from '@vana/events';
import type { FastifyRequest } from 'fastify';

/** @throws VanaError origin_refused */
export function assertOwnPage(request: FastifyRequest, allowOrigins: readonly string[]): void {
  const { origin, 'sec-fetch-site': site } = request.headers;
  if (origin !== undefined) {
    if (!allowOrigins.includes(origin) && !isOwn(origin, request)) throw new VanaError('origin_refused');
    return;
  }
  // `none`: typed by the user. Absent: no browser of this decade, or no browser.
  if (site !== undefined && site !== 'same-origin' && site !== 'none') throw new VanaError('origin_refused');
}

function isOwn(origin: string, { host, protocol }: FastifyRequest): boolean {
  if (!URL.canParse(origin)) return false;
  const page = new URL(origin);
  // Behind a proxy the request is plain although the page was not; the reverse is somebody in between.
  return page.host === host.toLowerCase() && (protocol === 'http' || page.protocol === 'https:');
}
