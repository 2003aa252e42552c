export type { RequestAudit } from './audit/audit-requests.js';
export { clientPosition, closingBlock } from './closing-block.js';
export { FrontDoor, type FrontDoorOptions } from './front-door.js';
export { ConnectionQuota, type ConnectionLimits } from './limits/connection-quota.js';
export type { Count, Counters } from './limits/counters.js';
export { CountsAsRun, PrincipalLimitsModule } from './limits/principal-limits.js';
export { LocalCounters } from './limits/local-counters.js';
export { RedisCounters, type RedisCommands } from './limits/redis-counters.js';
export { FRONT_DOOR_FIELDS, frontDoorSettingsFrom, type FrontDoorSettings } from './settings.js';
