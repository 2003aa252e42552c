// What the hooks take: a stream's options, and how much of it is kept.
import type { StreamOptions } from '@vana/stream-client';

export interface SseOptions extends Omit<StreamOptions, 'url' | 'autoConnect' | 'onMessage' | 'onComment'> {
  /** Connect when the component appears. Default true. */
  readonly autoConnect?: boolean;
  /** Events that `events` holds, the newest. Every event is consumed, also those that it drops. Default 1,000. */
  readonly maxEvents?: number;
}

/** What makes another stream of it; callbacks, token and limits may change while it runs. */
export function streamKey(url: string | URL, options: SseOptions): string {
  const { channels, replay, delivery, transports, withCredentials, outsideTypes, headers } = options;
  return JSON.stringify([
    String(url),
    channels,
    replay,
    delivery,
    transports,
    withCredentials,
    outsideTypes,
    headers,
    options.lastEventId,
  ]);
}
