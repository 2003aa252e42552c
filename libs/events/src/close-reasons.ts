// Why the server ends a connection; sent in a `closing` block before the socket is closed.

interface CloseReasonEntry {
  /** Whether the client may come back with its position. */
  readonly reconnect: boolean;
  readonly meaning: string;
}

export const CLOSE_REASONS = {
  drain: { reconnect: true, meaning: 'This pod is being replaced; another one serves the same position.' },
  token_expired: { reconnect: true, meaning: 'The token ran out; come back with a fresh one.' },
  revoked: { reconnect: false, meaning: 'The token, principal or session was revoked.' },
  unshared: { reconnect: false, meaning: 'The session is no longer shared with this reader.' },
  slow_reader: { reconnect: true, meaning: 'The reader did not take its bytes in time; resume by position.' },
  rotated: { reconnect: true, meaning: 'The connection reached its greatest age.' },
  shutting_down: { reconnect: true, meaning: 'The service is stopping.' },
  too_many_connections: { reconnect: true, meaning: 'A connection limit is reached; come back later.' },
  rate_limited: { reconnect: true, meaning: 'Too many requests; come back later.' },
  feed_error: { reconnect: true, meaning: 'The feed failed and is being rebuilt; resume by position.' },
  upstream_unavailable: { reconnect: true, meaning: 'No broadcaster can serve the stream now; come back.' },
} as const satisfies Record<string, CloseReasonEntry>;

export type CloseReason = keyof typeof CLOSE_REASONS;
