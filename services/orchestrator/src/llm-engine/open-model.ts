// The model behind any server that speaks the OpenAI-compatible protocol.
import { createOpenAICompatible } from '@ai-sdk/openai-compatible';
import type { LanguageModel } from 'ai';

export interface ModelServer {
  /** With its version: `http://127.0.0.1:11434/v1`. */
  readonly baseUrl: string;
  readonly model: string;
  readonly apiKey?: string;
}

export function openModel({ baseUrl, model, apiKey }: ModelServer): LanguageModel {
  // What a server does not support the SDK would tell on the console, call after call.
  globalThis.AI_SDK_LOG_WARNINGS = false;
  const provider = createOpenAICompatible({
    ...{ name: 'llm', baseURL: baseUrl, includeUsage: true },
    ...(apiKey === undefined ? {} : { apiKey }),
  });
  return provider(model);
}
