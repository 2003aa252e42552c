// A session's agents, measured from their own events, whoever published them. An agent is its id under its parent's:
// sub-agents of two parents never mix, even if they have the same name. Times are those of storing.
import type { StoredEvent } from '@vana/events';
import type { AgentNetworkSnapshot } from '@vana/run-state';

type Relationship = AgentNetworkSnapshot['relationships'][number];

const DATA_FLOW_KEPT = 10;
const MAX_AGENTS = 500;

interface Agent {
  readonly name: string;
  readonly parent: string | undefined;
  invocations: number;
  ended: number;
  failed: number;
  totalMs: number;
  /** Of the calls under way, the first first. */
  readonly startedMs: number[];
  lastStartMs: number | undefined;
  readonly tools: Set<string>;
}

interface Link {
  readonly relationship: Pick<Relationship, 'source' | 'target' | 'type'>;
  count: number;
  readonly flow: string[];
  lastMs: number;
}

export class MeasuredNetwork {
  readonly #agents = new Map<string, Agent>();
  readonly #links = new Map<string, Link>();
  readonly #dependencies = new Map<string, Set<string>>();
  /** Calls under way, the outermost first. */
  #stack: string[] = [];
  #lastMs = 0;

  apply(event: StoredEvent, storedAtMs: number): void {
    const { type, data, agentId } = event;
    this.#lastMs = storedAtMs;
    if (type === 'research_complete') this.#endAll();
    if (event.channel !== 'agents') return;
    const name = textOf(data['agentId']) ?? agentId ?? textOf(data['agentName']);
    if (name === undefined) return;
    const parentName = textOf(data['parentAgent']) ?? event.parentAgentId;
    if (type === 'agent_start') this.#start(name, parentName, textOf(data['action']), storedAtMs);
    if (type === 'agent_complete') this.#end(name, parentName, data, storedAtMs);
  }

  snapshot(): AgentNetworkSnapshot {
    const hierarchy: Record<string, string[]> = {};
    for (const [key, { parent }] of this.#agents) {
      if (parent !== undefined) (hierarchy[parent] ??= []).push(key);
    }
    return {
      timestamp: isoTime(this.#lastMs),
      agents: Object.fromEntries([...this.#agents].map(([key, agent]) => [key, this.#measured(key, agent)])),
      relationships: [...this.#links.values()].map(({ relationship, count, flow, lastMs }) => ({
        ...relationship,
        ...{ interaction_count: count, data_flow: [...flow], last_interaction: isoTime(lastMs) },
      })),
      hierarchy,
      execution_stack: [...this.#stack],
      active_agents: [...new Set(this.#stack)],
      data_dependencies: Object.fromEntries([...this.#dependencies].map(([key, on]) => [key, [...on]])),
    };
  }

  #start(name: string, parentName: string | undefined, action: string | undefined, nowMs: number): void {
    const parent = parentName === undefined ? undefined : this.#activeKey(parentName);
    const key = this.#keyOf(name, parent);
    const agent = this.#agent(key, name, parent);
    if (agent === undefined) return;
    agent.invocations++;
    agent.startedMs.push(nowMs);
    agent.lastStartMs = nowMs;
    this.#stack.push(key);
    if (parent === undefined) return;
    if (agent.invocations === 1) this.#link(parent, key, 'parent_of', undefined, nowMs);
    this.#link(parent, key, 'delegates_to', action, nowMs);
  }

  #end(name: string, parentName: string | undefined, data: StoredEvent['data'], nowMs: number): void {
    const key = this.#endedKey(name, parentName);
    const agent = this.#agents.get(key);
    const startedMs = agent?.startedMs.pop();
    if (agent === undefined || startedMs === undefined) return;
    agent.ended++;
    if (data['success'] === false) agent.failed++;
    const told = Number(data['executionTime']) * 1_000;
    agent.totalMs += Number.isFinite(told) && told >= 0 ? told : nowMs - startedMs;
    for (const tool of toolsOf(data)) agent.tools.add(tool);
    const at = this.#stack.lastIndexOf(key);
    if (at >= 0) this.#stack.splice(at, 1);
    if (agent.parent === undefined || data['hasOutput'] === false) return;
    this.#link(agent.parent, key, 'receives_from', undefined, nowMs);
    const needs = this.#dependencies.get(agent.parent) ?? new Set<string>();
    this.#dependencies.set(agent.parent, needs.add(key));
  }

  /** What was under way when the run ended did not end by itself. */
  #endAll(): void {
    for (const agent of this.#agents.values()) agent.startedMs.length = 0;
    this.#stack = [];
  }

  #agent(key: string, name: string, parent: string | undefined): Agent | undefined {
    const standing = this.#agents.get(key);
    if (standing || this.#agents.size >= MAX_AGENTS) return standing;
    const agent: Agent = {
      ...{ name, parent, invocations: 0, ended: 0, failed: 0, totalMs: 0 },
      ...{ startedMs: [], lastStartMs: undefined, tools: new Set<string>() },
    };
    this.#agents.set(key, agent);
    return agent;
  }

  /** The plain name, unless an agent of that name has another parent already. */
  #keyOf(name: string, parent: string | undefined): string {
    const standing = this.#agents.get(name);
    if (standing === undefined || standing.parent === parent) return name;
    return parent === undefined ? `/${name}` : `${parent}/${name}`;
  }

  /** Of several agents of that name, the one that was called last. */
  #activeKey(name: string): string {
    return this.#stack.findLast((key) => this.#agents.get(key)?.name === name) ?? name;
  }

  #endedKey(name: string, parentName: string | undefined): string {
    const isIt = (key: string, strict: boolean): boolean => {
      const agent = this.#agents.get(key);
      if (agent?.name !== name) return false;
      const parent = agent.parent === undefined ? undefined : this.#agents.get(agent.parent)?.name;
      return !strict || parentName === undefined || parent === parentName;
    };
    return this.#stack.findLast((key) => isIt(key, true)) ?? this.#stack.findLast((key) => isIt(key, false)) ?? name;
  }

  #measured(key: string, agent: Agent): AgentNetworkSnapshot['agents'][string] {
    const { invocations, ended, failed, totalMs, lastStartMs, tools } = agent;
    return {
      invocation_count: invocations,
      average_execution_time: ended === 0 ? 0 : totalMs / ended / 1_000,
      success_rate: ended === 0 ? 1 : (ended - failed) / ended,
      tools_used: [...tools],
      last_invocation: lastStartMs === undefined ? null : isoTime(lastStartMs),
      is_active: this.#stack.includes(key),
    };
  }

  #link(source: string, target: string, type: Relationship['type'], what: string | undefined, nowMs: number): void {
    const key = `${source} ${type} ${target}`;
    const link = this.#links.get(key) ?? { relationship: { source, target, type }, count: 0, flow: [], lastMs: 0 };
    this.#links.set(key, link);
    link.count++;
    link.lastMs = nowMs;
    if (what === undefined) return;
    link.flow.push(what);
    if (link.flow.length > DATA_FLOW_KEPT) link.flow.shift();
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' && value !== '' ? value : undefined;
}

function toolsOf({ metrics }: StoredEvent['data']): string[] {
  const tools = typeof metrics === 'object' && metrics !== null && 'toolsUsed' in metrics ? metrics.toolsUsed : [];
  return Array.isArray(tools) ? tools.filter((tool) => typeof tool === 'string') : [];
}

function isoTime(ms: number): string {
  return new Date(ms).toISOString();
}
