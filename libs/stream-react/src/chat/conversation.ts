// A conversation as a page shows it. Everything here is plain data: it is saved as it is.
import { NO_AGENTS, type AgentNetwork } from '../agent-network.js';
import type { ResearchRun } from '../research-run.js';

export type Feedback = 'upvote' | 'downvote';

export interface ChatMessage {
  /** Stays the same while the message lives, before and after the server knows it. */
  readonly key: string;
  /** The server's message id, once it is known. */
  readonly id: string | undefined;
  readonly role: 'user' | 'assistant';
  readonly text: string;
  readonly runId: string | undefined;
  /** `sending`: the question is on its way. `refused`: it was not taken, see `error`. */
  readonly status: 'sending' | 'refused' | 'queued' | 'streaming' | 'complete' | 'partial' | 'cancelled' | 'failed';
  readonly error: string | undefined;
  readonly feedback: Feedback | undefined;
  /** ISO 8601 UTC. */
  readonly at: string;
}

/** Something about the stream that a reader of the conversation should know. */
export interface StreamNotice {
  readonly kind: 'verdict' | 'gap' | 'closing' | 'end';
  readonly at: string;
  /** Verdict, reason. */
  readonly text: string;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** Everything on one connection, or research and chat on one and the agents on another. */
export type StreamName = 'all' | 'run' | 'agents';

export interface Conversation {
  readonly messages: readonly ChatMessage[];
  /** The latest run. */
  readonly run: ResearchRun | undefined;
  /** Runs that ended earlier, by id: their sources and figures belong to their answers. */
  readonly ended: Readonly<Record<string, ResearchRun>>;
  readonly network: AgentNetwork;
  /** The latest, oldest first. */
  readonly notices: readonly StreamNotice[];
  /** Runs whose exchange is not shown any more. */
  readonly hidden: readonly string[];
  readonly title: string | undefined;
  /** By stream: where to resume. What is above was made of everything up to there. */
  readonly positions: Readonly<Partial<Record<StreamName, string>>>;
}

export const NEW_CONVERSATION: Conversation = {
  messages: [],
  run: undefined,
  ended: {},
  network: NO_AGENTS,
  notices: [],
  hidden: [],
  title: undefined,
  positions: {},
};

const NOTICES_KEPT = 50;

export function withNotice(conversation: Conversation, notice: StreamNotice): Conversation {
  return { ...conversation, notices: [...conversation.notices, notice].slice(-NOTICES_KEPT) };
}

/**
 * Events will come again from the beginning: what they made goes, what only this page knows stays.
 * @param stream the one that begins anew; of two, each made its part
 */
export function forgetEvents(before: Conversation, stream: StreamName): Conversation {
  const { [stream]: _, ...positions } = before.positions;
  const network = stream === 'run' ? before.network : NO_AGENTS;
  if (stream === 'agents') return { ...before, network, positions };
  const messages = before.messages.filter(({ runId }) => runId === undefined);
  return { ...before, messages, run: undefined, ended: {}, network, positions };
}

export function runOf(conversation: Conversation, runId: string | undefined): ResearchRun | undefined {
  if (runId === undefined) return undefined;
  return conversation.run?.id === runId ? conversation.run : conversation.ended[runId];
}
