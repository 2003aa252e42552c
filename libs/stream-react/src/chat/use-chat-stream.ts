// useChatStream: the chat of `createChat` in a component.
import { useEffect, useMemo } from 'react';
import { useStore } from 'zustand';
import type { StreamStatus } from '@vana/stream-client';
import type { AgentNetwork } from '../agent-network.js';
import { isActive, type ResearchRun, type SourceView } from '../research-run.js';
import { visibleMessages, type Chat, type ChatSession } from './create-chat.js';
import { NEW_CONVERSATION, type ChatMessage, type Conversation, type StreamNotice } from './conversation.js';

export interface ChatStream extends Omit<Chat, 'store' | 'start'> {
  readonly sessions: readonly ChatSession[];
  readonly current: string | undefined;
  readonly conversation: Conversation;
  readonly messages: readonly ChatMessage[];
  /** The one that is being written. */
  readonly streamingMessage: ChatMessage | undefined;
  /** The latest run. */
  readonly run: ResearchRun | undefined;
  readonly isRunning: boolean;
  /** Of the latest run, 0 to 1. */
  readonly progress: number;
  readonly phase: string | undefined;
  readonly sources: readonly SourceView[];
  readonly network: AgentNetwork;
  readonly notices: readonly StreamNotice[];
  /** `undefined` while no session is followed. */
  readonly status: StreamStatus | undefined;
  readonly caughtUp: boolean;
}

/** Follows the chat's current session while the component is there. @param chat made once, outside of it */
export function useChatStream(chat: Chat): ChatStream {
  const { sessions, current, conversations, status, caughtUp } = useStore(chat.store);
  useEffect(() => chat.start(), [chat]);
  const conversation = (current === undefined ? undefined : conversations[current]) ?? NEW_CONVERSATION;
  const messages = useMemo(() => visibleMessages(conversation), [conversation]);
  const { store: _store, start: _start, ...actions } = chat;
  const { run, network, notices } = conversation;
  const isRunning = run !== undefined && isActive(run);
  return {
    ...actions,
    sessions,
    current,
    conversation,
    messages,
    streamingMessage: messages.findLast(({ role, status: state }) => {
      return role === 'assistant' && (state === 'sending' || state === 'queued' || state === 'streaming');
    }),
    run,
    isRunning,
    progress: run?.progress ?? 0,
    phase: run?.phase,
    sources: run?.sources ?? [],
    network,
    notices,
    status,
    caughtUp,
  };
}
