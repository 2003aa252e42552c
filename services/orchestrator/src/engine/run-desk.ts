// What an agent works with in one run: it reports steps, calls other agents, stops when the run is cancelled.
import type { EventData, EventType } from '@vana/events';
import { EVENT_KINDS } from '@vana/events';
import type { EngineEvent, ResearchTask } from './research-engine.js';
import { AgentNetwork, isoTime, type AgentId } from './agent-network.js';
import type { AgentType } from './agent-types.js';
import { AgentWork, type Work } from './agent-work.js';
import { WorkLedger } from './work-ledger.js';

type PartialResults = NonNullable<EventData<'research_progress'>['partial_results']>;

/** The phase after the last one. */
export const DONE = 'done';

export interface AgentCall {
  readonly agent: AgentType;
  /** What it is asked to do, for people. */
  readonly action: string;
  /** Steps that it will report; more may become known. */
  readonly steps: number;
  /** One of several that work side by side under the agent of that type, counted from 1. */
  readonly branch?: number;
}

export class RunDesk {
  readonly network: AgentNetwork;
  readonly ledger = new WorkLedger();
  private phase = 'planning';
  private thoughts = 0;
  private readonly results: PartialResults = {};

  constructor(
    readonly task: ResearchTask,
    private readonly sink: (event: EngineEvent) => Promise<void>,
    private readonly signal: AbortSignal,
    private readonly now: () => number,
  ) {
    this.network = new AgentNetwork(now);
  }

  /** Resolves when the event is stored. @throws signal.reason as soon as the run is cancelled */
  async emit<T extends EventType>(type: T, data: EventData<T>, agent?: AgentId): Promise<void> {
    this.signal.throwIfAborted();
    const parent = agent && this.network.parentOf(agent);
    const event: EngineEvent = {
      type,
      channel: EVENT_KINDS[type].channel,
      ...(agent === undefined ? {} : { agentId: agent }),
      ...(parent === undefined ? {} : { parentAgentId: parent }),
      data,
    };
    await this.unlessAborted(this.sink(event));
  }

  /** Calls an agent from the one that is at work now; a branch from the agent of its type. */
  async call<T>(
    { agent: type, action, steps, branch }: AgentCall,
    body: (work: Work) => Promise<T>,
    summary: (outcome: T) => string,
  ): Promise<T> {
    const agent = branch === undefined ? type : this.network.branch(type, branch);
    const parent = this.network.begin(agent, action);
    const work = new AgentWork(this, agent, steps);
    // Before anything is awaited: agents side by side begin in the same order at each attempt.
    const stepId = `${agent}-${++this.thoughts}`;
    await this.announce(agent, action, parent);
    await this.emit('thinking_update', { stepId, agentName: type, action, status: 'active' }, agent);
    let outcome: T;
    try {
      outcome = await body(work);
    } catch (error) {
      if (!this.signal.aborted) await this.finish(agent, undefined, 'failed');
      throw error;
    }
    const output = summary(outcome);
    if (branch === undefined) this.results[type] = { content: output, completed_at: isoTime(this.now()) };
    await this.emit('thinking_update', { stepId, agentName: type, action: output, status: 'complete' }, agent);
    await this.finish(agent, output, undefined);
    return outcome;
  }

  /** The run enters a phase: a snapshot shows the network as the last one left it. */
  async enterPhase(name: string): Promise<void> {
    this.phase = name;
    await this.emit('agent_network_snapshot', this.network.snapshot());
    await this.progress();
  }

  private async progress(): Promise<void> {
    await this.emit('research_progress', {
      runId: this.task.runId,
      status: this.phase === DONE ? 'completed' : 'running',
      overall_progress: this.ledger.fraction(),
      current_phase: this.phase,
      agents: this.network.agents(),
      partial_results: { ...this.results },
      timestamp: isoTime(this.now()),
    });
  }

  /** Lets the event loop breathe between two units of work. */
  async breathe(): Promise<void> {
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.signal.throwIfAborted();
  }

  private async announce(agent: AgentId, action: string, parent: AgentId | undefined): Promise<void> {
    await this.showNetwork();
    await this.emit(
      'agent_start',
      {
        agentId: agent,
        agentName: this.network.typeOf(agent),
        agentType: this.network.typeOf(agent),
        displayName: this.network.nameOf(agent),
        action,
        status: 'current',
        executionStack: this.network.executionStack,
        activeAgents: this.network.executionStack,
        parentAgent: parent ?? null,
      },
      agent,
    );
  }

  private async finish(agent: AgentId, output: string | undefined, error: string | undefined): Promise<void> {
    const elapsedMs = this.network.end(agent, output, error);
    await this.emit(
      'agent_complete',
      {
        agentId: agent,
        agentName: this.network.typeOf(agent),
        status: error === undefined ? 'completed' : 'error',
        executionTime: elapsedMs / 1000,
        success: error === undefined,
        hasOutput: output !== undefined,
        stateChanges: output === undefined ? [] : [`partial_results.${agent}`],
        activeAgents: this.network.executionStack,
        metrics: this.network.metrics(agent),
      },
      agent,
    );
    await this.showNetwork();
    await this.progress();
  }

  private async showNetwork(): Promise<void> {
    await this.emit('agent_network_update', { agents: this.network.agents(), timestamp: isoTime(this.now()) });
  }

  /** A bus that hangs does not keep a cancelled run alive. */
  private async unlessAborted(stored: Promise<void>): Promise<void> {
    let stop = (): void => undefined;
    const aborted = new Promise<never>((_resolve, reject) => {
      stop = () => reject(this.signal.reason as Error);
      this.signal.addEventListener('abort', stop, { once: true });
    });
    try {
      await Promise.race([stored, aborted]);
    } finally {
      this.signal.removeEventListener('abort', stop);
    }
  }
}
