// What the agents of one run use the model and the tools by: each call is a step that a take-over does not repeat, and
// counts against the run's budget.
import type { z } from 'zod';
import type { ResearchTask } from '../engine/research-engine.js';
import type { RunSteps } from '../engine/run-steps.js';
import type { ResearchTool, ToolOutcome } from '../tools/research-tool.js';
import { readJson } from './json-answer.js';
import type { ModelCaller } from './model/model-caller.js';
import type { ModelAnswer, ModelRequest, ModelToolCall } from './model/model-request.js';
import { SAY_IT_AS_JSON } from './prompts.js';
import { BudgetSpent, type RunBudget } from './run-budget.js';

/** Bytes per token, see token-estimate.ts. */
const TOKEN_CHARACTERS = 4;
/** Of what the model can read at once: what one tool call may bring. */
const MATERIAL_SHARE = 0.2;
/** … and where a researcher has read enough. */
const READ_SHARE = 0.6;

const NOT_KEPT: RunSteps = { once: (_name, work) => work() };

export interface DeskPorts {
  readonly task: ResearchTask;
  readonly caller: ModelCaller;
  readonly tools: readonly ResearchTool[];
  readonly budget: RunBudget;
  readonly signal: AbortSignal;
}

export class ModelDesk {
  readonly tools: readonly ResearchTool[];
  readonly budget: RunBudget;
  readonly signal: AbortSignal;
  private readonly steps: RunSteps;

  constructor(private readonly ports: DeskPorts) {
    ({ tools: this.tools, budget: this.budget, signal: this.signal } = ports);
    this.steps = ports.task.steps ?? NOT_KEPT;
  }

  get question(): string {
    return this.ports.task.query;
  }

  get attempt(): number {
    return this.ports.task.attempt ?? 1;
  }

  /** Characters that one tool call may bring. */
  get materialCharacters(): number {
    return Math.floor(this.ports.caller.contextTokens * MATERIAL_SHARE * TOKEN_CHARACTERS);
  }

  /** Characters of messages that leave room for an answer. */
  get readableCharacters(): number {
    return Math.floor(this.ports.caller.contextTokens * READ_SHARE * TOKEN_CHARACTERS);
  }

  /** `work` once per run, over all its attempts. @throws what `work` throws */
  once<T>(name: string, work: () => Promise<T>): Promise<T> {
    return this.steps.once(name, work);
  }

  /** @param name unique in the run @throws as ModelCaller.call */
  async ask(name: string, request: ModelRequest): Promise<ModelAnswer> {
    let asked = false;
    const answer = await this.steps.once(name, () => {
      asked = true;
      return this.call(request);
    });
    if (!asked) this.budget.spendTokens(answer.tokens);
    return answer;
  }

  /** As `ask`, for callers that keep the result themselves. */
  async call(request: ModelRequest): Promise<ModelAnswer> {
    try {
      return await this.ports.caller.call(request, this.budget, this.signal);
    } catch (error) {
      if (error instanceof BudgetSpent) this.budget.spent(error.kind);
      throw error;
    }
  }

  /** Asks a second time for JSON if need be. @returns `undefined` when there is none then either @throws as `ask` */
  async askJson<S extends z.ZodType>(name: string, schema: S, request: ModelRequest): Promise<z.output<S> | undefined> {
    const first = await this.ask(`${name}/1`, request);
    const read = readJson(first.text, schema);
    if (read !== undefined) return read;
    const said = first.text === '' ? [] : [{ role: 'assistant' as const, content: first.text }];
    const messages = [...request.messages, ...said, { role: 'user' as const, content: SAY_IT_AS_JSON }];
    const second = await this.ask(`${name}/2`, { ...request, messages });
    return readJson(second.text, schema);
  }

  /**
   * Does what the model asks for; what is wrong with its call comes back in words.
   * @param known addresses that may be opened
   * @throws the signal's reason | BudgetSpent when the time is over
   */
  async useTool(name: string, call: ModelToolCall, known: ReadonlySet<string>): Promise<ToolOutcome> {
    const tool = this.tools.find((one) => one.name === call.name);
    if (!tool) return { kind: 'problem', problem: 'There is no such tool.' };
    const input = tool.input.safeParse(call.input);
    if (!input.success) return { kind: 'problem', problem: `The input does not fit: ${fieldsOf(input.error)}` };
    if (!this.budget.takeToolCall()) return { kind: 'problem', problem: 'No more tool calls are left.' };
    const signal = AbortSignal.any([this.signal, this.budget.timeFor('research')]);
    try {
      return await this.steps.once(name, () => tool.run(input.data, { question: this.question, known, signal }));
    } catch (error) {
      if (error instanceof BudgetSpent) this.budget.spent(error.kind);
      throw error;
    }
  }

  /** For people: what the call does. */
  labelOf({ name, input }: ModelToolCall): string {
    const tool = this.tools.find((one) => one.name === name);
    const parsed = tool?.input.safeParse(input);
    return tool && parsed?.success ? tool.label(parsed.data) : `Call ${name}`;
  }
}

function fieldsOf(error: z.ZodError): string {
  return error.issues.map(({ path, message }) => `${path.join('.') || 'input'}: ${message}`).join('; ');
}
