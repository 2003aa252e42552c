// useAgentNetworkSSE and useResearchSSE: one channel of a session, folded into what a page shows.
import { NO_AGENTS, foldAgents, type AgentNetwork } from './agent-network.js';
import { foldResearch, type ResearchRun } from './research-run.js';
import type { SseOptions } from './sse-options.js';
import { useFoldedSSE, type FoldedSse } from './use-folded-sse.js';

export interface SessionSseOptions extends SseOptions {
  /** The gateway; default: where the page comes from. */
  readonly baseUrl?: string;
}

type SessionSse = Omit<FoldedSse<unknown>, 'folded'>;

export interface AgentNetworkSse extends SessionSse, AgentNetwork {}

/** Agents, who works for whom, and what they did last. @param sessionId `null`: none yet */
export function useAgentNetworkSSE(sessionId: string | null, options: SessionSseOptions = {}): AgentNetworkSse {
  const url = urlOf('agent_network_sse', sessionId, options);
  const { folded, ...stream } = useFoldedSSE(url, options, NO_AGENTS, foldAgents);
  return { ...stream, ...folded };
}

export interface ResearchSse extends SessionSse {
  /** The session's latest run. */
  readonly run: ResearchRun | undefined;
}

/** The session's latest run: phase, progress, sources, report. @param sessionId `null`: none yet */
export function useResearchSSE(sessionId: string | null, options: SessionSseOptions = {}): ResearchSse {
  const url = urlOf('api/run_sse', sessionId, options);
  const { folded, ...stream } = useFoldedSSE(url, options, undefined, foldResearch);
  return { ...stream, run: folded };
}

function urlOf(route: string, sessionId: string | null, { baseUrl = '' }: SessionSseOptions): string | null {
  return sessionId === null ? null : `${baseUrl.replace(/\/+$/, '')}/${route}/${encodeURIComponent(sessionId)}`;
}
