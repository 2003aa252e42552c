// The part for programs that are no tests: real servers, and lines between them that go wrong.
export { freePort } from './servers/free-port.js';
export { startNatsCluster } from './servers/nats-cluster.js';
export { startNatsServer } from './servers/nats-server.js';
export { startRedisServer } from './servers/redis-server.js';
export { startTcpProxy, type TcpProxy } from './servers/tcp-proxy.js';
export type { NatsCluster, NatsNode, NatsServer, RedisServer } from './servers/server-handles.js';
export { startLlmServer, type LlmServer } from './llm-server/start-llm-server.js';
