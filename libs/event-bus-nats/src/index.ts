export { connectNats, type NatsOptions } from './connect-nats.js';
export { drainNats } from './drain-nats.js';
export { ensureEventStream, type EventStreamOptions } from './event-stream.js';
export { NatsEventLog } from './nats-event-log.js';
export { NatsEventPublisher, type PublisherLimits } from './nats-event-publisher.js';
export { NatsPresence } from './nats-presence.js';
export type { BusObserver } from './bus-observer.js';
