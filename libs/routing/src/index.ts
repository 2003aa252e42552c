export type { BroadcasterBeat, Presence } from './presence.js';
export { POD_REFUSAL_HEADER } from './refusal-header.js';
export { LOAD_FACTOR, UNBOUNDED_CONNECTIONS, chooseBroadcaster, rankBroadcasters } from './rendezvous.js';
