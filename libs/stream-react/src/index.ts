export { useSSE, type SseResult } from './use-sse.js';
export { useOnline, useSSEWithErrorHandling, type SseWithErrorHandling } from './use-sse-with-error-handling.js';
export {
  useAgentNetworkSSE,
  useResearchSSE,
  type AgentNetworkSse,
  type ResearchSse,
  type SessionSseOptions,
} from './use-session-sse.js';
export type { SseConnection } from './use-folded-sse.js';
export type { SseOptions } from './sse-options.js';
export { adviceOf, type ErrorAdvice } from './error-message.js';
export type { AgentActivity, AgentLink, AgentNetwork, AgentStatus, AgentView } from './agent-network.js';
export { isActive, type ResearchRun, type SourceView } from './research-run.js';
export { createChat, type Chat, type ChatOptions, type ChatSession, type ChatState } from './chat/create-chat.js';
export { useChatStream, type ChatStream } from './chat/use-chat-stream.js';
export { runOf, type ChatMessage, type Conversation, type Feedback, type StreamNotice } from './chat/conversation.js';
export type { KeyValueStore } from './chat/saved-chat.js';
