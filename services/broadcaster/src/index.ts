export { createBroadcaster } from './create-broadcaster.js';
export type { BroadcasterPorts } from './ports.js';
export { broadcasterSettingsSchema, readBroadcasterSettings, type BroadcasterSettings } from './settings.js';
