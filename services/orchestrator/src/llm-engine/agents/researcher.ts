// Looks up one part of the question: the model calls tools, reads what they find, and at last notes its findings.
import type { VanaError } from '@vana/events';
import type { ModelMessage } from 'ai';
import { short, type Work } from '../../engine/agent-work.js';
import type { ToolOutcome } from '../../tools/research-tool.js';
import { extracts, readFindings, type Finding } from '../findings.js';
import type { ModelDesk } from '../model-desk.js';
import { isModelFailure } from '../model-failure.js';
import type { ModelAnswer, ModelToolCall } from '../model/model-request.js';
import { NAME_SOURCES, RESEARCH_INSTRUCTIONS, researchPrompt, WRITE_FINDINGS } from '../prompts.js';
import type { BudgetSpent } from '../run-budget.js';
import { SourceShelf } from '../source-shelf.js';
import { SHORT_ANSWER_TOKENS } from './answer-tokens.js';
import type { SectionPlan } from './section-planner.js';

/** Announced at first: look, and note. */
export const RESEARCH_STEPS = 2;
/** Model calls of one researcher. */
const MOST_TURNS = 8;
/** Of those that a model asks for at once. */
const MOST_CALLS_PER_TURN = 6;

export interface Research {
  readonly findings: readonly Finding[];
  /** Why it ended early. */
  readonly fault?: VanaError | BudgetSpent;
}

export class Researcher {
  private readonly shelf: SourceShelf;
  private readonly messages: ModelMessage[];
  private readonly questions: readonly string[];
  private turn = 0;
  private announced = RESEARCH_STEPS;
  private stepsDone = 0;
  /** The model was told once that its findings name no source. */
  private reminded = false;

  /** @param name of its steps, unique in the run */
  constructor(
    private readonly work: Work,
    private readonly desk: ModelDesk,
    private readonly name: string,
    { title, questions }: SectionPlan,
  ) {
    this.shelf = new SourceShelf(desk.question);
    this.messages = [{ role: 'user', content: researchPrompt(desk.question, title, questions) }];
    this.questions = questions;
  }

  /** What it found until then when the model or the budget fails it. @throws the signal's reason */
  async research(): Promise<Research> {
    try {
      return { findings: await this.converse() };
    } catch (error) {
      this.desk.signal.throwIfAborted();
      if (!isModelFailure(error)) throw error;
      return { findings: extracts(this.shelf.sources), fault: error };
    }
  }

  private async converse(): Promise<readonly Finding[]> {
    for (;;) {
      const last = ++this.turn >= MOST_TURNS || this.hasReadEnough() || this.desk.budget.reason !== undefined;
      if (last && this.turn > 1) this.messages.push({ role: 'user', content: WRITE_FINDINGS });
      const answer = await this.ask(last);
      if (answer.toolCalls.length > 0 && !last) {
        await this.useTools(answer);
        continue;
      }
      const findings = readFindings(answer.text, (mark) => this.shelf.get(mark));
      if (findings.length > 0 || last) return findings.length > 0 ? findings : extracts(this.shelf.sources);
      if (this.reminded) return [];
      this.messages.push({ role: 'assistant', content: answer.text === '' ? '-' : answer.text });
      await this.insist();
    }
  }

  private ask(last: boolean): Promise<ModelAnswer> {
    return this.step(
      this.turn === 1 ? 'Decide where to look' : 'Read what was found',
      () =>
        this.desk.ask(`${this.name}/${this.turn}`, {
          instructions: RESEARCH_INSTRUCTIONS,
          messages: this.messages,
          tools: last ? [] : this.desk.tools,
          ...{ part: 'research', maxOutputTokens: SHORT_ANSWER_TOKENS },
        }),
      ({ toolCalls }) => (toolCalls.length === 0 ? 'notes its findings' : `${toolCalls.length} look-ups`),
    );
  }

  private async useTools({ text, toolCalls }: ModelAnswer): Promise<void> {
    const said = text === '' ? [] : [{ type: 'text' as const, text }];
    const calls = toolCalls.map(({ id, name, input }) => {
      return { type: 'tool-call' as const, toolCallId: id, toolName: name, input };
    });
    this.messages.push({ role: 'assistant', content: [...said, ...calls] });
    const results = [];
    // One after the other: a take-over has to see the same steps in the same order.
    for (const [at, call] of toolCalls.entries()) {
      const value = at < MOST_CALLS_PER_TURN ? await this.use(call, at) : 'Too many calls at once.';
      const output = { type: 'text' as const, value };
      results.push({ type: 'tool-result' as const, toolCallId: call.id, toolName: call.name, output });
    }
    this.messages.push({ role: 'tool', content: results });
  }

  private async use(call: ModelToolCall, at: number): Promise<string> {
    this.work.usedTool(call.name);
    const outcome = await this.step(
      short(this.desk.labelOf(call)),
      () => this.desk.useTool(`${this.name}/${this.turn}/tool-${at + 1}`, call, this.shelf.known),
      (found) => (found.kind === 'found' ? `${found.sources.length} found` : found.problem),
    );
    return this.shown(outcome);
  }

  /** A model that writes findings without sources is reminded; one that never looked is given what a search finds. */
  private async insist(): Promise<void> {
    this.reminded = true;
    if (this.shelf.sources.length > 0) {
      this.messages.push({ role: 'user', content: NAME_SOURCES });
      return;
    }
    const found: string[] = [];
    const query = this.questions.join(' ').slice(0, 300);
    for (const [at, tool] of this.desk.tools.entries()) {
      if (!tool.inputOf) continue;
      found.push(await this.use({ id: `own-${at}`, name: tool.name, input: tool.inputOf(query) }, at));
    }
    this.messages.push({ role: 'user', content: `This is what a search found:\n\n${found.join('\n\n')}` });
  }

  private shown(outcome: ToolOutcome): string {
    if (outcome.kind === 'problem') return outcome.problem;
    return this.shelf.put(outcome.sources, this.desk.materialCharacters);
  }

  private hasReadEnough(): boolean {
    return JSON.stringify(this.messages).length > this.desk.readableCharacters;
  }

  private step<T>(name: string, unit: () => Promise<T>, details: (outcome: T) => string): Promise<T> {
    if (++this.stepsDone > this.announced) {
      this.announced++;
      this.work.expectSteps(1);
    }
    return this.work.step(name, unit, details);
  }
}
