// What the scripted language model answers, and what goes wrong while it does.

export interface LlmMessage {
  readonly role: 'system' | 'user' | 'assistant' | 'tool';
  readonly content?: string | null;
  readonly tool_calls?: readonly { readonly function: { readonly name: string; readonly arguments: string } }[];
  readonly tool_call_id?: string;
}

/** A call as the server got it. */
export interface LlmRequest {
  /** Counted from 1, over all calls of the server. */
  readonly number: number;
  readonly model: string;
  readonly messages: readonly LlmMessage[];
  /** Names of the tools that were offered. */
  readonly tools: readonly string[];
  readonly maxTokens: number | undefined;
  readonly authorization: string | undefined;
  readonly receivedMs: number;
  /** When the caller hung up before the answer was out; milliseconds of `performance.now()`, as `receivedMs`. */
  cancelledMs?: number;
}

export type LlmFault =
  /** Answers with this status and an error body. */
  | { readonly kind: 'status'; readonly status: number; readonly retryAfter?: string; readonly message?: string }
  /** Ends the connection in the middle of the answer. */
  | { readonly kind: 'cut'; readonly afterTokens: number }
  /** Ends the answer in good order, without saying why the model stopped. */
  | { readonly kind: 'unfinished'; readonly afterTokens: number }
  /** A chunk that is no JSON, then the rest. */
  | { readonly kind: 'garbage'; readonly afterTokens: number }
  /** Nothing comes any more; the connection stays. */
  | { readonly kind: 'silent'; readonly afterTokens: number };

export interface LlmReply {
  readonly text?: string;
  readonly toolCalls?: readonly { readonly name: string; readonly input: unknown }[];
  /** Characters of one token of text or of a tool call's arguments. Default 4. */
  readonly tokenCharacters?: number;
  /** Pause before each token, in milliseconds. Default none. */
  readonly tokenDelayMs?: number;
  /** Why the model stopped. Default `stop`, or `tool_calls`. */
  readonly finishReason?: string;
  /** `false`: the server does not count tokens. */
  readonly usage?: boolean;
  readonly fault?: LlmFault;
}

export type LlmScript = (request: LlmRequest) => LlmReply | Promise<LlmReply>;
