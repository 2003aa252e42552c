export { FakeClock } from './fake-clock.js';
export { eventually } from './eventually.js';
export { sampleEvent } from './sample-event.js';
export { startNatsServer, type NatsServerOptions } from './servers/nats-server.js';
export { startRedisServer } from './servers/redis-server.js';
export type { NatsServer, RedisServer } from './servers/server-handles.js';
