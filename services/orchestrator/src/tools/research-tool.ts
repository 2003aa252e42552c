// A tool that research may use: it is given an input and finds sources, or says why it found none.
import type { z } from 'zod';

/** Something that a report can cite. Plain JSON: it is kept over a take-over of the run. */
export interface FoundSource {
  /** `corpus:path#L12` for a document of the corpus. */
  readonly url: string;
  readonly title: string;
  readonly domain: string;
  /** What it says, as far as it was read. */
  readonly text: string;
  readonly path?: string;
  readonly heading?: string;
  /** Counted from 1. */
  readonly line?: number;
}

export type ToolOutcome =
  | { readonly kind: 'found'; readonly sources: readonly FoundSource[] }
  /** In words, for the model. */
  | { readonly kind: 'problem'; readonly problem: string };

interface ToolContext {
  /** The run's question. */
  readonly question: string;
  /** Addresses that the question or earlier results of this run name; only they may be opened. */
  readonly known: ReadonlySet<string>;
  readonly signal: AbortSignal;
}

export interface ResearchTool<Input = unknown> {
  readonly name: string;
  /** For the model. */
  readonly description: string;
  readonly input: z.ZodType<Input>;
  /** One line for people: what it does with this input. */
  label(input: Input): string;
  /** The input as a search for these words; absent: it is no search. */
  inputOf?(words: string): Input;
  /** @throws the signal's reason, nothing else */
  run(input: Input, context: ToolContext): Promise<ToolOutcome>;
}
