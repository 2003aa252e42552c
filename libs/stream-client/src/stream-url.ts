// Addresses of a stream and of what belongs to it.
import type { StreamOptions } from './options.js';

export function streamUrl(options: StreamOptions): URL {
  const { url, channels, replay = 'merged', delivery, onMessage } = options;
  const full = new URL(url, typeof location === 'undefined' ? undefined : location.href);
  if (onMessage) return full;
  if (channels) full.searchParams.set('channels', channels.join());
  full.searchParams.set('replay', String(replay));
  if (delivery) full.searchParams.set('delivery', delivery);
  return full;
}

/** Where a fresh token for the live connection goes; the API may stand below a path. */
export function tokenUrl(stream: URL, connectionId: string): URL {
  const base = stream.pathname.replace(/(\/api)?(\/sse)?\/(stream|run_sse|agent_network_sse)\/[^/]+$/, '');
  return new URL(`${base}/api/stream/${encodeURIComponent(connectionId)}/token`, stream);
}
