export type { LogEntry } from './ports/log-entry.js';
export type { EventLog, LiveSubscription } from './ports/event-log.js';
export type { EventPublisher, PublishAck } from './ports/event-publisher.js';
export type { EventHistory } from './ports/event-history.js';
export type { Clock } from './ports/clock.js';
export type { FrameEncoder } from './ports/frame-encoder.js';
export type { FeedObserver, HealSource } from './ports/feed-observer.js';
export type { AttachRequest, Batch, Reader, ReaderSink, ReplayMode } from './reader.js';
