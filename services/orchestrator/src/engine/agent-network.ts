// The agents of one run as they are seen from outside: state, measured times, who worked with whom.
import type { EventData } from '@vana/events';
import { AGENT_NAMES, AGENT_TYPES, DATA_DEPENDENCIES, type AgentType } from './agent-types.js';

/** One of six agents, by its type; or one of several that work side by side under the agent of their type. */
export type AgentId = AgentType | `${AgentType}-${number}`;

type NetworkAgent = EventData<'agent_network_update'>['agents'][number];
type Snapshot = EventData<'agent_network_snapshot'>;
type Relationship = Snapshot['relationships'][number];

const DATA_FLOW_KEPT = 10;

interface AgentState {
  readonly type: AgentType;
  readonly name: string;
  status: NetworkAgent['status'];
  task: string | undefined;
  error: string | undefined;
  stepsKnown: number;
  stepsDone: number;
  invocations: number;
  failures: number;
  totalMs: number;
  lastStartMs: number | undefined;
  parent: AgentId | undefined;
  readonly tools: Set<string>;
}

interface Link {
  readonly source: AgentId;
  readonly target: AgentId;
  readonly type: Relationship['type'];
  count: number;
  readonly flow: string[];
  lastMs: number;
}

export class AgentNetwork {
  private readonly states = new Map<AgentId, AgentState>();
  private readonly links = new Map<string, Link>();
  /** At work now, outermost first. */
  private readonly stack: AgentId[] = [];

  constructor(private readonly now: () => number) {
    for (const type of AGENT_TYPES) this.states.set(type, idle(type, AGENT_NAMES[type]));
  }

  /** The agent `<type>-<number>`, which works side by side with its like under the agent of that type. */
  branch(type: AgentType, number: number): AgentId {
    const id = `${type}-${number}` as const;
    if (!this.states.has(id)) this.states.set(id, idle(type, `${AGENT_NAMES[type]} ${number}`));
    return id;
  }

  typeOf(agent: AgentId): AgentType {
    return this.state(agent).type;
  }

  nameOf(agent: AgentId): string {
    return this.state(agent).name;
  }

  /** @returns the caller: for a branch the agent of its type, else who was called last; nothing for the outermost */
  begin(agent: AgentId, task: string): AgentId | undefined {
    const state = this.state(agent);
    const parent = agent === state.type ? this.stack.at(-1) : state.type;
    Object.assign(state, { status: 'current', task, error: undefined, lastStartMs: this.now(), parent });
    state.invocations++;
    this.stack.push(agent);
    if (parent) {
      if (state.invocations === 1) this.link(parent, agent, 'parent_of', undefined);
      this.link(parent, agent, 'delegates_to', task);
    }
    return parent;
  }

  end(agent: AgentId, output: string | undefined, error: string | undefined): number {
    const state = this.state(agent);
    const elapsed = this.now() - state.lastStartMs!;
    Object.assign(state, { status: error === undefined ? 'completed' : 'error', task: undefined, error });
    state.totalMs += elapsed;
    if (error !== undefined) state.failures++;
    this.stack.splice(this.stack.lastIndexOf(agent), 1);
    if (state.parent && output !== undefined) this.link(state.parent, agent, 'receives_from', output);
    return elapsed;
  }

  /** What one agent made is used by another. */
  provide(source: AgentId, target: AgentId, what: string): void {
    this.link(source, target, 'provides_data', what);
  }

  usedTool(agent: AgentId, tool: string): void {
    this.state(agent).tools.add(tool);
  }

  steps(agent: AgentId, done: number, known: number): void {
    Object.assign(this.state(agent), { stepsDone: done, stepsKnown: known });
  }

  get executionStack(): string[] {
    return [...this.stack];
  }

  parentOf(agent: AgentId): AgentId | undefined {
    return this.state(agent).parent;
  }

  /** Seconds since the agent's latest call. */
  elapsedS(agent: AgentId): number {
    return (this.now() - (this.state(agent).lastStartMs ?? this.now())) / 1000;
  }

  agents(): NetworkAgent[] {
    return [...this.states].map(([id, { type, name, status, task, error, stepsDone, stepsKnown }]) => {
      const progress = status === 'completed' ? 1 : stepsKnown === 0 ? 0 : Math.min(1, stepsDone / stepsKnown);
      return {
        agent_id: id,
        agent_type: type,
        name,
        status,
        progress,
        current_task: task ?? null,
        error: error ?? null,
      };
    });
  }

  metrics(agent: AgentId): EventData<'agent_complete'>['metrics'] {
    const { invocations, tools } = this.state(agent);
    return {
      invocationCount: invocations,
      averageExecutionTime: this.averageS(agent),
      successRate: this.successRate(agent),
      toolsUsed: [...tools],
    };
  }

  snapshot(): Snapshot {
    const hierarchy: Record<string, string[]> = {};
    for (const [id, { parent }] of this.states) if (parent) (hierarchy[parent] ??= []).push(id);
    return {
      timestamp: isoTime(this.now()),
      agents: Object.fromEntries([...this.states.keys()].map((id) => [id, this.measured(id)])),
      relationships: [...this.links.values()].map(({ source, target, type, count, flow, lastMs }) => ({
        source,
        target,
        type,
        interaction_count: count,
        data_flow: [...flow],
        last_interaction: isoTime(lastMs),
      })),
      hierarchy,
      execution_stack: this.executionStack,
      active_agents: this.executionStack,
      data_dependencies: Object.fromEntries(
        Object.entries(DATA_DEPENDENCIES).map(([agent, needed]) => [agent, [...needed]]),
      ),
    };
  }

  private measured(agent: AgentId): Snapshot['agents'][string] {
    const { invocations, tools, lastStartMs } = this.state(agent);
    return {
      invocation_count: invocations,
      average_execution_time: this.averageS(agent),
      success_rate: this.successRate(agent),
      tools_used: [...tools],
      last_invocation: lastStartMs === undefined ? null : isoTime(lastStartMs),
      is_active: this.stack.includes(agent),
    };
  }

  private ended(agent: AgentId): number {
    return this.state(agent).invocations - this.stack.filter((active) => active === agent).length;
  }

  private averageS(agent: AgentId): number {
    const ended = this.ended(agent);
    return ended === 0 ? 0 : this.state(agent).totalMs / ended / 1000;
  }

  private successRate(agent: AgentId): number {
    const ended = this.ended(agent);
    return ended === 0 ? 1 : (ended - this.state(agent).failures) / ended;
  }

  private state(agent: AgentId): AgentState {
    return this.states.get(agent)!;
  }

  private link(source: AgentId, target: AgentId, type: Link['type'], what: string | undefined): void {
    const key = `${source} ${type} ${target}`;
    let link = this.links.get(key);
    if (!link) this.links.set(key, (link = { source, target, type, count: 0, flow: [], lastMs: 0 }));
    link.count++;
    link.lastMs = this.now();
    if (what === undefined) return;
    link.flow.push(what);
    if (link.flow.length > DATA_FLOW_KEPT) link.flow.shift();
  }
}

function idle(type: AgentType, name: string): AgentState {
  return {
    type,
    name,
    status: 'waiting',
    task: undefined,
    error: undefined,
    stepsKnown: 0,
    stepsDone: 0,
    invocations: 0,
    failures: 0,
    totalMs: 0,
    lastStartMs: undefined,
    parent: undefined,
    tools: new Set(),
  };
}

export function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
