// One streamed call: gathers text and tool calls, counts tokens as they come, hangs up when it must.
import { streamText, tool, type LanguageModel, type ToolSet } from 'ai';
import type { Clock } from '@vana/stream-core';
import type { ResearchTool } from '../../tools/research-tool.js';
import type { RunBudget } from '../run-budget.js';
import type { ModelAnswer, ModelRequest, ModelToolCall } from './model-request.js';
import { estimateTokens } from './token-estimate.js';

export interface StreamOptions {
  readonly model: LanguageModel;
  readonly clock: Pick<Clock, 'schedule'>;
  /** Silence after which the server counts as gone. */
  readonly silenceMs: number;
  readonly maxOutputTokens: number;
}

/**
 * @throws the signal's reason | BudgetSpent | what `onText` throws | what the SDK tells of a failure
 */
export async function streamAnswer(
  request: ModelRequest,
  { model, clock, silenceMs, maxOutputTokens }: StreamOptions,
  budget: RunBudget,
  signal: AbortSignal,
): Promise<ModelAnswer> {
  const hangUp = new AbortController();
  const prompt = promptTokens(request);
  let [text, spent, cutOff] = ['', 0, false];
  const toolCalls: ModelToolCall[] = [];
  const spend = (tokens: number): void => {
    spent += tokens;
    budget.spendTokens(tokens);
  };
  const heard = (piece: string): void => {
    spend(estimateTokens(piece) + (spent === 0 ? prompt : 0));
    if (budget.tokensLeft(request.part) === 0) throw budget.spent('tokens');
  };
  let cancelTimer = (): void => undefined;
  const expectMore = (): void => {
    cancelTimer();
    cancelTimer = clock.schedule(silenceMs, () => hangUp.abort(new Error('the model server is silent')));
  };
  const stop = AbortSignal.any([signal, hangUp.signal]);
  try {
    expectMore();
    const { stream } = streamText({
      model,
      ...{ instructions: request.instructions, messages: [...request.messages], maxOutputTokens },
      ...(request.tools?.length ? { tools: toolSet(request.tools) } : {}),
      ...{ maxRetries: 0, abortSignal: stop, telemetry: { isEnabled: false } },
      // Failures come out of the stream; by default they would go to the console as well.
      onError: () => undefined,
    });
    for await (const part of stream) {
      expectMore();
      if (part.type === 'error') throw part.error;
      if (part.type === 'text-delta') {
        heard(part.text);
        text += part.text;
        await request.onText?.(part.text);
      } else if (part.type === 'reasoning-delta') {
        heard(part.text);
      } else if (part.type === 'tool-input-delta') {
        heard(part.delta);
      } else if (part.type === 'tool-call') {
        toolCalls.push({ id: part.toolCallId, name: part.toolName, input: part.input });
      } else if (part.type === 'finish-step') {
        const { inputTokens, outputTokens } = part.usage;
        if (inputTokens !== undefined && outputTokens !== undefined) spend(inputTokens + outputTokens - spent);
        cutOff = part.finishReason === 'length';
      }
    }
    stop.throwIfAborted();
    return { text, toolCalls, tokens: spent, cutOff };
  } catch (error) {
    // An aborted stream tells it in its own words.
    stop.throwIfAborted();
    throw error;
  } finally {
    cancelTimer();
    hangUp.abort();
  }
}

export function promptTokens({ instructions, messages }: ModelRequest): number {
  return estimateTokens(instructions) + estimateTokens(JSON.stringify(messages));
}

/** Without `execute`: the calls come back to the caller. */
function toolSet(tools: readonly ResearchTool[]): ToolSet {
  return Object.fromEntries(
    tools.map(({ name, description, input }) => [name, tool({ description, inputSchema: input })]),
  );
}
