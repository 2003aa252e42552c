export { StreamConnection } from './stream-connection.js';
export type { StreamOptions } from './options.js';
export type { StreamControl, StreamEvent, StreamMessage } from './stream-event.js';
export {
  StreamError,
  type BreakerState,
  type ConnectionHealth,
  type ConnectionState,
  type StreamErrorCategory,
  type StreamStatus,
  type TransportName,
} from './states.js';
export {
  ApiError,
  VanaClient,
  newId,
  type FollowOptions,
  type StartRunOptions,
  type StreamRoute,
  type VanaClientOptions,
} from './vana-client.js';
export { MessageTexts, withChunk, type Chunk } from './message-text.js';
export type { TokenSupplier } from './token-source.js';
export type { RetryOptions } from './backoff.js';
export type { BreakerOptions } from './breaker.js';
export type { ClientClock } from './clock.js';
export type { PageLifecycle } from './page-lifecycle.js';
