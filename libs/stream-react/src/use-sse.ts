// useSSE: follow a stream, see its latest events.
import type { SseOptions } from './sse-options.js';
import { useFoldedSSE, type FoldedSse } from './use-folded-sse.js';

export type SseResult = Omit<FoldedSse<undefined>, 'folded'>;

const nothing = (): undefined => undefined;

/**
 * Follows an event stream while the component is there: resumes after interruptions, gives every event once.
 * At most one render per animation frame, however many events arrive; `onEvent` sees each of them.
 *
 * @param url `…/api/stream/{session}` or one of the older routes; `null` while there is none
 */
export function useSSE(url: string | URL | null, options: SseOptions = {}): SseResult {
  return useFoldedSSE(url, options, undefined, nothing);
}
