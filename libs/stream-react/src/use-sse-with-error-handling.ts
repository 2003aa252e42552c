// useSSEWithErrorHandling: useSSE and what a page needs to tell people how the connection is.
import { useSyncExternalStore } from 'react';
import type { BreakerState, ConnectionHealth } from '@vana/stream-client';
import { adviceOf, type ErrorAdvice } from './error-message.js';
import type { SseOptions } from './sse-options.js';
import { useSSE, type SseResult } from './use-sse.js';

export interface SseWithErrorHandling extends SseResult {
  readonly connectionHealth: ConnectionHealth;
  /** Milliseconds; `undefined` before the first connection. */
  readonly latency: number | undefined;
  readonly breaker: BreakerState;
  /** It is trying by itself. */
  readonly isRetrying: boolean;
  /** Tries again now. */
  readonly retry: () => void;
  /** For people: what is wrong and what helps. */
  readonly advice: ErrorAdvice | undefined;
}

export function useSSEWithErrorHandling(url: string | URL | null, options: SseOptions = {}): SseWithErrorHandling {
  const stream = useSSE(url, options);
  const online = useOnline();
  const { health, latencyMs, breaker, state } = stream.status;
  return {
    ...stream,
    connectionHealth: health,
    latency: latencyMs,
    breaker,
    isRetrying: state === 'reconnecting' || (state === 'error' && breaker === 'open'),
    retry: stream.reconnect,
    advice: adviceOf(stream.status, online),
  };
}

/** Whether the browser believes that it has a network. */
export function useOnline(): boolean {
  return useSyncExternalStore(
    (changed) => {
      window.addEventListener('online', changed);
      window.addEventListener('offline', changed);
      return () => {
        window.removeEventListener('online', changed);
        window.removeEventListener('offline', changed);
      };
    },
    () => navigator.onLine,
    () => true,
  );
}
