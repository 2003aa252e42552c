// The words in which a connection tells how it is.

export type ConnectionState = 'disconnected' | 'connecting' | 'connected' | 'error' | 'reconnecting';
export type ConnectionHealth = 'healthy' | 'degraded' | 'critical' | 'disconnected';
export type BreakerState = 'closed' | 'open' | 'half_open';
export type TransportName = 'fetch' | 'event-source' | 'poll';

export type StreamErrorCategory =
  'connection' | 'stream' | 'parsing' | 'authentication' | 'authorization' | 'timeout' | 'rate_limit';

/** Why a connection broke or was refused, and whether the client tries again by itself. */
export class StreamError extends Error {
  constructor(
    readonly category: StreamErrorCategory,
    message: string,
    readonly details: {
      readonly status?: number;
      /** The server's error code, see its table of errors. */
      readonly code?: string;
      /** Milliseconds that the server asked to wait. */
      readonly retryAfterMs?: number;
      readonly willRetry?: boolean;
      readonly cause?: unknown;
    } = {},
  ) {
    super(message, { cause: details.cause });
    this.name = 'StreamError';
  }
}

/** Everything about a connection that a page may want to show. */
export interface StreamStatus {
  readonly state: ConnectionState;
  readonly health: ConnectionHealth;
  readonly breaker: BreakerState;
  readonly transport: TransportName;
  /** Failed attempts since it was last connected for a while. */
  readonly attempt: number;
  /** Milliseconds from server to client as last seen; `undefined` before the first connection. */
  readonly latencyMs: number | undefined;
  /** Where the next connection resumes. */
  readonly position: string | undefined;
  readonly error: StreamError | undefined;
}
