export { connectRedis, type RedisLink, type RedisLinkOptions } from './redis-link.js';
export { RedisEventHistory, type RedisHistoryLimits } from './redis-event-history.js';
export type { BreakerLimits, BreakerState } from './circuit-breaker.js';
