// A reply as the chunks of the OpenAI-compatible streaming protocol.
import type { LlmReply, LlmRequest } from './llm-script.js';

const TOKEN_CHARACTERS = 4;

type Delta = Readonly<Record<string, unknown>>;

export interface LlmChunks {
  /** One per token: text, then the arguments of the tool calls in pieces. */
  readonly tokens: readonly string[];
  /** Why the model stopped, and what it used. */
  readonly ending: readonly string[];
}

export function chunksOf(request: LlmRequest, reply: LlmReply): LlmChunks {
  const size = reply.tokenCharacters ?? TOKEN_CHARACTERS;
  const head = {
    ...{ id: `chatcmpl-${request.number}`, object: 'chat.completion.chunk', created: 1_900_000_000 },
    model: request.model,
  };
  const chunk = (delta: Delta, finish: string | null = null): string => {
    return JSON.stringify({ ...head, choices: [{ index: 0, delta, finish_reason: finish }] });
  };
  const texts = pieces(reply.text ?? '', size).map((content) => chunk({ content }));
  const calls = (reply.toolCalls ?? []).flatMap((call, index) => {
    const begin = { index, id: `call-${request.number}-${index}`, type: 'function' };
    const rest = pieces(argumentsOf(call.input), size);
    return [
      chunk({ tool_calls: [{ ...begin, function: { name: call.name, arguments: '' } }] }),
      ...rest.map((part) => chunk({ tool_calls: [{ index, function: { arguments: part } }] })),
    ];
  });
  const finish = reply.finishReason ?? (calls.length > 0 ? 'tool_calls' : 'stop');
  const prompt_tokens = Math.ceil(JSON.stringify(request.messages).length / TOKEN_CHARACTERS);
  const completion_tokens = texts.length + calls.length;
  const usage = { prompt_tokens, completion_tokens, total_tokens: prompt_tokens + completion_tokens };
  const counted = reply.usage === false ? [] : [JSON.stringify({ ...head, choices: [], usage })];
  return { tokens: [...texts, ...calls], ending: [chunk({}, finish), ...counted, '[DONE]'] };
}

/** Text is sent as it is: what a model gets wrong when it writes JSON. */
function argumentsOf(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input);
}

function pieces(text: string, size: number): string[] {
  const letters = [...text];
  const found: string[] = [];
  for (let at = 0; at < letters.length; at += size) found.push(letters.slice(at, at + size).join(''));
  return found;
}
