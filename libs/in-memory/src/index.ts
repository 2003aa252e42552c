export { InMemoryBus, type InMemoryBusOptions } from './in-memory-bus.js';
export { InMemoryPresence, type InMemoryPresenceOptions } from './in-memory-presence.js';
