export type { BroadcasterBeat, Presence } from './presence.js';
