export type { BroadcasterBeat, Presence } from './presence.js';
export { CLOSED_TRAILER, POD_REFUSAL_HEADER } from './pod-headers.js';
export { LOAD_FACTOR, UNBOUNDED_CONNECTIONS, chooseBroadcaster, rankBroadcasters } from './rendezvous.js';
export { newConnectionId, podOfConnection } from './connection-id.js';
