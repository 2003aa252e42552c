// How a stream is followed.
import type { Channel } from '@vana/events';
import type { BreakerOptions } from './breaker.js';
import type { ClientClock } from './clock.js';
import type { RetryOptions } from './backoff.js';
import type { PageLifecycle } from './page-lifecycle.js';
import type { StreamStatus, StreamError, TransportName } from './states.js';
import type { StreamControl, StreamEvent, StreamMessage } from './stream-event.js';
import type { TokenSupplier } from './token-source.js';

export interface StreamOptions {
  /** `…/api/stream/{session}` or one of the two older routes; relative to the page in a browser. */
  readonly url: string | URL;
  /** Bearer token, or a function that gets one. Without it a cookie authenticates. Never put into the URL. */
  readonly token?: TokenSupplier;
  /** Cookies go along to another origin too. Default: to the own origin only. */
  readonly withCredentials?: boolean;
  /** Position to resume after. */
  readonly lastEventId?: string;
  readonly channels?: readonly Channel[];
  /** Default `merged`: runs of chunks come as one block per message while replaying. */
  readonly replay?: 'merged' | 'all' | 'none' | number;
  /** Default `exact`. */
  readonly delivery?: 'exact' | 'adaptive';
  /** In the order of preference; `poll` is fallen back to when it is in the list. Default fetch, poll. */
  readonly transports?: readonly TransportName[];
  /** Event types of outside agents that the EventSource transport is to hear. */
  readonly outsideTypes?: readonly string[];
  readonly retry?: RetryOptions;
  readonly breaker?: BreakerOptions;
  /** Without a first byte for so long an attempt has failed, ms. Default 10,000. */
  readonly firstByteMs?: number;
  /** Without any byte for so long a connection is dead, ms. Default: three times the heartbeats' cadence. */
  readonly silenceMs?: number;
  /** Sent along with every request, over the fetch transport. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Default GET; with `body` for servers that want to be asked that way. */
  readonly method?: string;
  readonly body?: string;
  /** Connect at once. Default true. */
  readonly autoConnect?: boolean;

  /** Every stored event, once and in order. */
  readonly onEvent?: (event: StreamEvent) => void;
  /** Verdict, gaps, heartbeats, `caught_up`, `closing`, `end`. */
  readonly onControl?: (block: StreamControl) => void;
  readonly onStatus?: (status: StreamStatus) => void;
  readonly onError?: (error: StreamError) => void;

  /**
   * For event streams of any other server: every block comes here as text and nothing is read into it, no
   * events, no positions, no control blocks, and nothing is added to the URL. The last id is resumed from.
   */
  readonly onMessage?: (message: StreamMessage) => void;
  /** Text of comment lines, over the fetch transport. */
  readonly onComment?: (text: string) => void;

  /** For tests and unusual places. */
  readonly clock?: ClientClock;
  readonly fetch?: typeof fetch;
  readonly page?: PageLifecycle;
}
