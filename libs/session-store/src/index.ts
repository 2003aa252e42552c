export { KvSessionStore, type KvSessionStoreOptions } from './kv-session-store.js';
export { KvRunStore, type KvRunStoreOptions } from './kv-run-store.js';
export { KvStepStore } from './kv-step-store.js';
export { NatsRunQueue, type NatsRunQueueOptions } from './nats-run-queue.js';
export { KvRevocationStore, type KvRevocationStoreOptions } from './kv-revocation-store.js';
export type { RedisCommands } from './session-cache.js';
export type { StoreObserver } from './store-observer.js';
