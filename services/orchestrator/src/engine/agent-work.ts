// The steps of one agent's call: each is counted, measured and shown when it is done.
import type { EventData, EventType } from '@vana/events';
import type { AgentId, AgentNetwork } from './agent-network.js';
import type { WorkLedger } from './work-ledger.js';

type Substep = EventData<'agent_substep'>['substep'];

const SUBSTEPS_KEPT = 10;
const LABEL_CHARACTERS = 160;

export interface Work {
  /** One unit of work; the step shows when it is done. `details` may use its outcome. */
  step<T>(name: string, unit: () => T | Promise<T>, details?: (outcome: T) => string): Promise<T>;
  /** More steps than announced. */
  expectSteps(more: number): void;
  usedTool(name: string): void;
}

/** What the steps are shown on. */
export interface StepDesk {
  readonly network: AgentNetwork;
  readonly ledger: WorkLedger;
  emit<T extends EventType>(type: T, data: EventData<T>, agent?: AgentId): Promise<void>;
  /** Lets the event loop breathe. @throws when the run is cancelled */
  breathe(): Promise<void>;
}

export class AgentWork implements Work {
  private done = 0;
  private readonly substeps: Substep[] = [];

  constructor(
    private readonly desk: StepDesk,
    private readonly agent: AgentId,
    private steps: number,
  ) {
    desk.ledger.expect(agent, steps);
    desk.network.steps(agent, 0, steps);
  }

  expectSteps(more: number): void {
    this.steps += more;
    this.desk.ledger.expect(this.agent, more);
    this.desk.network.steps(this.agent, this.done, this.steps);
  }

  usedTool(name: string): void {
    this.desk.network.usedTool(this.agent, name);
  }

  async step<T>(name: string, unit: () => T | Promise<T>, details?: (outcome: T) => string): Promise<T> {
    await this.desk.breathe();
    const outcome = await unit();
    this.done++;
    this.steps = Math.max(this.steps, this.done);
    this.desk.ledger.complete();
    this.desk.network.steps(this.agent, this.done, this.steps);
    await this.show(short(name), details?.(outcome) ?? '');
    return outcome;
  }

  private async show(name: string, details: string): Promise<void> {
    const substep: Substep = { name, status: 'complete', details };
    this.substeps.push(substep);
    if (this.substeps.length > SUBSTEPS_KEPT) this.substeps.shift();
    const position = { agentName: this.desk.network.typeOf(this.agent), currentStep: this.done };
    await this.desk.emit('agent_substep', { ...position, substep, allSubsteps: [...this.substeps] }, this.agent);
    const elapsedTime = this.desk.network.elapsedS(this.agent);
    const estimatedRemaining = (elapsedTime / this.done) * (this.steps - this.done);
    const progress = (this.done / this.steps) * 100;
    await this.desk.emit(
      'agent_progress',
      {
        ...position,
        progress,
        totalSteps: this.steps,
        stepName: name,
        message: details,
        elapsedTime,
        estimatedRemaining,
      },
      this.agent,
    );
  }
}

/** Labels of events are short; questions can be ten thousand characters. */
export function short(text: string): string {
  return text.length <= LABEL_CHARACTERS ? text : `${text.slice(0, LABEL_CHARACTERS - 1)}…`;
}
