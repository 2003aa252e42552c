// Port: which broadcasters are there. Adapters: NATS (1 s beats), in-memory.

export interface BroadcasterBeat {
  /** Unique per process start. */
  readonly podId: string;
  /** Base URL reachable from gateways, e.g. `http://10.0.0.7:8082`. */
  readonly url: string;
  /** Open connections now, and the most that the pod takes. */
  readonly connections: number;
  readonly maxConnections: number;
  /** A draining pod gets no new reader. */
  readonly draining: boolean;
}

export interface Presence {
  /** Announces this pod: now, every second, and when a gateway asks. Returns the function that stops and says good-bye. */
  announce(beat: () => BroadcasterBeat): Promise<() => Promise<void>>;
  /**
   * The pods heard within the last 3 s. If no pod at all is heard (the bus is down), the last known
   * ones stay listed: their silence says nothing about them.
   */
  present(): readonly BroadcasterBeat[];
  /** Asks all pods to beat at once and resolves when the first has answered, or after `timeoutMs`. */
  discover(timeoutMs: number): Promise<void>;
  /** Called when the set of pods, their draining or their addresses have changed. */
  onChange(listener: () => void): () => void;
  /**
   * Called with the id of a pod whose beats have stopped for 3 s while others' went on: it is listed no more,
   * although its address may still take connections. Not called for a pod that said good-bye.
   */
  onSilent(listener: (podId: string) => void): () => void;
}
