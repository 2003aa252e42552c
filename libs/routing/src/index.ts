export type { BroadcasterBeat, Presence } from './presence.js';
export { LOAD_FACTOR, UNBOUNDED_CONNECTIONS, chooseBroadcaster, rankBroadcasters } from './rendezvous.js';
