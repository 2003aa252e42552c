export { createBroadcaster } from './create-broadcaster.js';
export type { BroadcasterPorts } from './ports.js';
export { readBroadcasterSettings, type BroadcasterSettings } from './settings.js';
