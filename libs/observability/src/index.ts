export { createLogger, type LogLevel, type Logger } from './logger.js';
export { createRegistry, type Registry } from './registry.js';
export { createServiceApp, type ServiceAppOptions } from './service-app.js';
export { registerOps, type OpsOptions, type ReadyChecks } from './ops-routes.js';
export { listen } from './listen.js';
export { runService, type RunningService } from './run-service.js';
export { faultSentence } from './fault-sentence.js';
export { systemClock } from './system-clock.js';
