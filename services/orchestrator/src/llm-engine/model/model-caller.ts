// Calls the model until it answers: repeats what may pass, waits as long as the server asks for, gives up in time.
import { VanaError } from '@vana/events';
import type { LanguageModel } from 'ai';
import type { Clock } from '@vana/stream-core';
import { pause } from '../../runs/pause.js';
import { BudgetSpent, type RunBudget } from '../run-budget.js';
import { CallGate } from './call-gate.js';
import { modelFault, type ModelFault } from './model-fault.js';
import type { ModelAnswer, ModelRequest } from './model-request.js';
import { promptTokens, streamAnswer } from './stream-answer.js';

export interface ModelOptions {
  readonly model: LanguageModel;
  readonly clock: Clock;
  /** Tokens that prompt and answer may have together. */
  readonly contextTokens: number;
  readonly callsAtOnce: number;
  /** Milliseconds without a byte after which the server counts as gone. */
  readonly silenceMs: number;
}

const TRIES = 4;
const FIRST_WAIT_MS = 1_000;
/** A server that asks for more has to be asked in another run. */
const MAX_WAIT_MS = 60_000;
/** With less room there is no answer worth its prompt. */
const LEAST_OUTPUT_TOKENS = 64;

export class ModelCaller {
  private readonly gate: CallGate;

  constructor(private readonly options: ModelOptions) {
    this.gate = new CallGate(options.clock, options.callsAtOnce);
  }

  get contextTokens(): number {
    return this.options.contextTokens;
  }

  /**
   * @throws the signal's reason | BudgetSpent | VanaError model_unavailable (after four tries, or in the middle of
   *   an answer that `onText` has seen) | VanaError model_refused | what `onText` throws
   */
  async call(request: ModelRequest, budget: RunBudget, signal: AbortSignal): Promise<ModelAnswer> {
    const { clock } = this.options;
    const stop = AbortSignal.any([signal, budget.timeFor(request.part)]);
    const { onText } = request;
    let told = false;
    const watched: ModelRequest =
      onText === undefined
        ? request
        : {
            ...request,
            onText: async (piece) => {
              told = true;
              await onText(piece);
            },
          };
    for (let tries = 1, backOffMs = FIRST_WAIT_MS; ; tries++, backOffMs *= 2) {
      const leave = await this.gate.enter(stop);
      let waitMs = backOffMs;
      try {
        return await streamAnswer(
          watched,
          { ...this.options, maxOutputTokens: this.room(request, budget) },
          budget,
          stop,
        );
      } catch (error) {
        stop.throwIfAborted();
        if (error instanceof BudgetSpent || error instanceof VanaError) throw error;
        const fault = modelFault(error, clock.now());
        waitMs = Math.max(backOffMs, fault.retryAfterMs ?? 0);
        if (!fault.passing || told || tries === TRIES || waitMs > MAX_WAIT_MS) throw failure(fault, tries);
        if (fault.retryAfterMs !== undefined) this.gate.holdFor(fault.retryAfterMs);
      } finally {
        leave();
      }
      await pause(clock, waitMs, stop);
    }
  }

  /** Tokens that the answer may have. @throws BudgetSpent when there is no room for one */
  private room(request: ModelRequest, budget: RunBudget): number {
    const prompt = promptTokens(request);
    const affordable = budget.tokensLeft(request.part) - prompt;
    if (affordable < LEAST_OUTPUT_TOKENS) throw budget.spent('tokens');
    const context = Math.max(LEAST_OUTPUT_TOKENS, this.options.contextTokens - prompt);
    return Math.min(request.maxOutputTokens, affordable, context);
  }
}

/** Without the SDK's error as its cause: that one carries the prompt. */
function failure({ code, status }: ModelFault, tries: number): VanaError {
  return new VanaError(code, { details: { tries, ...(status === undefined ? {} : { status }) } });
}
