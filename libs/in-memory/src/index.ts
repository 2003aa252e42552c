export { InMemoryBus, type InMemoryBusOptions } from './in-memory-bus.js';
export { InMemoryPresence, type InMemoryPresenceOptions } from './in-memory-presence.js';
export { InMemoryEventHistory, type InMemoryHistoryLimits } from './in-memory-event-history.js';
export { InMemoryRevocationStore } from './in-memory-revocation-store.js';
export { InMemoryRunQueue } from './in-memory-run-queue.js';
export { InMemoryStepStore } from './in-memory-step-store.js';
export { InMemoryRunStore } from './in-memory-run-store.js';
export { InMemorySessionStore } from './in-memory-session-store.js';
