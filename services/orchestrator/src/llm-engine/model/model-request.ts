// One call of the language model, and what came of it.
import type { ModelMessage } from 'ai';
import type { ResearchTool } from '../../tools/research-tool.js';
import type { BudgetPart } from '../run-budget.js';

export interface ModelRequest {
  readonly instructions: string;
  readonly messages: readonly ModelMessage[];
  /** Those that the model may call; default none. */
  readonly tools?: readonly ResearchTool[];
  readonly part: BudgetPart;
  readonly maxOutputTokens: number;
  /** Gets the text as it comes; awaited. A call whose text somebody has seen is not repeated. */
  readonly onText?: (piece: string) => Promise<void>;
}

/** Plain JSON: it is kept over a take-over of the run. */
export interface ModelToolCall {
  readonly id: string;
  readonly name: string;
  readonly input: unknown;
}

export interface ModelAnswer {
  readonly text: string;
  readonly toolCalls: readonly ModelToolCall[];
  /** Prompt and answer, as the server counts them, else estimated. */
  readonly tokens: number;
  /** The answer reached its greatest length. */
  readonly cutOff: boolean;
}
