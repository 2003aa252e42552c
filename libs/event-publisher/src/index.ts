export { EventPublisher, type AgentEvent } from './event-publisher.js';
export { AgentRun, type RunEnd } from './agent-run.js';
export { PublishError } from './publish-error.js';
export type { PublisherOptions } from './options.js';
