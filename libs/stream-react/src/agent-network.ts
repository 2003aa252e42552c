// The agents of a session as a page shows them, folded from the events of the channel `agents`.
import type { StreamEvent } from '@vana/stream-client';

export type AgentStatus = 'waiting' | 'current' | 'completed' | 'error';

export interface AgentView {
  readonly id: string;
  readonly name: string;
  readonly type: string;
  readonly status: AgentStatus;
  /** 0 to 1. */
  readonly progress: number;
  /** What it was asked to do. */
  readonly task: string | undefined;
  /** What it did last. */
  readonly step: string | undefined;
  readonly error: string | undefined;
  /** For whom it works. */
  readonly parentId: string | undefined;
  readonly calls: number;
  /** Seconds of its latest call, once it has ended. */
  readonly seconds: number | undefined;
  readonly tools: readonly string[];
}

export interface AgentLink {
  readonly source: string;
  readonly target: string;
  readonly type: 'invokes' | 'delegates_to' | 'receives_from' | 'parent_of' | 'provides_data';
  readonly count: number;
  /** What went over last. */
  readonly last: string | undefined;
}

export interface AgentActivity {
  /** Position of its event. */
  readonly id: string;
  readonly at: string;
  readonly agentId: string;
  readonly kind: 'start' | 'step' | 'thought' | 'complete' | 'error';
  readonly text: string;
  readonly details: string | undefined;
}

export interface AgentNetwork {
  /** The run that they work for; another run begins with an empty network. */
  readonly runId: string | undefined;
  readonly agents: readonly AgentView[];
  readonly links: readonly AgentLink[];
  /** The latest, oldest first. */
  readonly activity: readonly AgentActivity[];
}

export const NO_AGENTS: AgentNetwork = { runId: undefined, agents: [], links: [], activity: [] };

const ACTIVITY_KEPT = 200;

/** Takes any events and looks at those of agents. */
export function foldAgents(before: AgentNetwork, events: readonly StreamEvent[]): AgentNetwork {
  let folding: NetworkFolding | undefined;
  for (const event of events) {
    if (event.data.channel !== 'agents') continue;
    const { runId } = event.data;
    folding ??= new NetworkFolding(before);
    if (runId !== undefined && runId !== folding.runId) folding = new NetworkFolding({ ...NO_AGENTS, runId });
    folding.apply(event);
  }
  return folding ? folding.network() : before;
}

class NetworkFolding {
  readonly runId: string | undefined;
  readonly #agents: Map<string, AgentView>;
  #links: readonly AgentLink[];
  #activity: AgentActivity[];

  constructor({ runId, agents, links, activity }: AgentNetwork) {
    this.runId = runId;
    this.#agents = new Map(agents.map((agent) => [agent.id, agent]));
    this.#links = links;
    this.#activity = [...activity];
  }

  network(): AgentNetwork {
    const { runId } = this;
    const activity = this.#activity.slice(-ACTIVITY_KEPT);
    return { runId, agents: [...this.#agents.values()], links: this.#links, activity };
  }

  apply(event: StreamEvent): void {
    switch (event.type) {
      case 'agent_network_update':
        for (const agent of event.data.agents) {
          this.#set(agent.agent_id, {
            name: agent.name,
            type: agent.agent_type,
            status: agent.status,
            progress: agent.progress,
            ...(agent.current_task ? { task: agent.current_task } : {}),
            error: agent.error ?? undefined,
          });
        }
        return;
      case 'agent_network_snapshot':
        for (const [parent, children] of Object.entries(event.data.hierarchy)) {
          for (const child of children) this.#set(child, { parentId: parent });
        }
        for (const [id, { invocation_count: calls, tools_used: tools }] of Object.entries(event.data.agents)) {
          this.#set(id, { calls, tools });
        }
        this.#links = event.data.relationships.map(({ source, target, type, interaction_count, data_flow }) => {
          return { source, target, type, count: interaction_count, last: data_flow.at(-1) };
        });
        return;
      case 'agent_start': {
        const { agentId, agentType, action, parentAgent } = event.data;
        const named = event.data['displayName'];
        this.#set(agentId, {
          ...(typeof named === 'string' ? { name: named } : {}),
          type: agentType,
          status: 'current',
          task: action,
          ...(parentAgent ? { parentId: parentAgent } : {}),
        });
        this.#note(event, agentId, 'start', action);
        return;
      }
      case 'agent_complete': {
        const { agentId, success, executionTime, metrics } = event.data;
        this.#set(agentId, {
          status: success ? 'completed' : 'error',
          progress: success ? 1 : (this.#agents.get(agentId)?.progress ?? 0),
          seconds: executionTime,
          calls: metrics.invocationCount,
          tools: metrics.toolsUsed,
        });
        this.#note(event, agentId, success ? 'complete' : 'error', success ? 'Finished' : 'Failed');
        return;
      }
      case 'agent_progress':
        this.#set(idOf(event), { progress: event.data.progress / 100, step: event.data.stepName });
        return;
      case 'agent_substep': {
        const { name, details } = event.data.substep;
        this.#note(event, idOf(event), 'step', name, details ?? undefined);
        return;
      }
      case 'thinking_update':
        if (event.data.status === 'complete') this.#note(event, idOf(event), 'thought', event.data.action);
        return;
      default:
    }
  }

  #set(id: string, changes: Partial<AgentView>): void {
    const before = this.#agents.get(id) ?? {
      id,
      name: id.replaceAll('_', ' '),
      type: id,
      status: 'waiting',
      progress: 0,
      task: undefined,
      step: undefined,
      error: undefined,
      parentId: undefined,
      calls: 0,
      seconds: undefined,
      tools: [],
    };
    this.#agents.set(id, { ...before, ...changes });
  }

  #note({ id, data }: StreamEvent, agentId: string, kind: AgentActivity['kind'], text: string, details?: string): void {
    this.#activity.push({ id, at: data.timestamp, agentId, kind, text, details });
    if (this.#activity.length > 4 * ACTIVITY_KEPT) this.#activity = this.#activity.slice(-ACTIVITY_KEPT);
  }
}

function idOf({ data }: StreamEvent): string {
  const { agentName } = data as { readonly agentName?: string };
  return data.agentId ?? agentName ?? 'agent';
}
