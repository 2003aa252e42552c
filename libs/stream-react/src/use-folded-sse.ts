// The hook that the others are made of: a stream that lives as long as its component, folded into a view.
import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from 'react';
import type { ConnectionState, StreamError, StreamEvent, StreamStatus } from '@vana/stream-client';
import { streamKey, type SseOptions } from './sse-options.js';
import { SseStore, type Fold } from './sse-store.js';

export interface SseConnection {
  readonly connectionState: ConnectionState;
  readonly isConnected: boolean;
  /** Why it broke or was refused the last time; gone when it is connected again. */
  readonly error: StreamError | undefined;
  /** Failed attempts since it was last connected for a while. */
  readonly reconnectAttempt: number;
  /** Everything there is to know about the connection. */
  readonly status: StreamStatus;
  /** Starts, or starts again after it gave up. */
  readonly connect: () => void;
  /** Leaves the stream; the run goes on, `connect()` resumes. */
  readonly disconnect: () => void;
  /** Cuts the connection and resumes at once. */
  readonly reconnect: () => void;
}

export interface FoldedSse<S> extends SseConnection {
  readonly events: readonly StreamEvent[];
  readonly lastEvent: StreamEvent | undefined;
  readonly clearEvents: () => void;
  readonly folded: S;
}

/** @param url `null`: nothing to follow yet */
export function useFoldedSSE<S>(
  url: string | URL | null,
  options: SseOptions,
  initial: S,
  fold: Fold<S>,
): FoldedSse<S> {
  const latest = useRef(options);
  const [store] = useState(() => new SseStore(initial, fold, () => latest.current));
  const address = url === null ? null : String(url);
  const key = address === null ? null : streamKey(address, options);
  const { autoConnect = true } = options;

  useEffect(() => {
    latest.current = options;
  });

  const followed = useRef<string | null>(null);
  useEffect(() => {
    // React in strict mode runs this twice: the second time resumes where the first one stopped.
    if (followed.current !== key) store.reset();
    followed.current = key;
    if (address !== null && autoConnect) store.connect(address);
    return () => store.disconnect();
  }, [store, address, key, autoConnect]);

  const { status, events, lastEvent, folded } = useSyncExternalStore(store.subscribe, store.view, store.view);
  const connect = useCallback(() => void (address !== null && store.connect(address)), [store, address]);
  const disconnect = useCallback(() => store.disconnect(), [store]);
  const reconnect = useCallback(() => void (address !== null && store.reconnect(address)), [store, address]);
  const clearEvents = useCallback(() => store.clearEvents(), [store]);

  return {
    connectionState: status.state,
    isConnected: status.state === 'connected',
    error: status.error,
    reconnectAttempt: status.attempt,
    status,
    events,
    lastEvent,
    folded,
    connect,
    disconnect,
    reconnect,
    clearEvents,
  };
}
