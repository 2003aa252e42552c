// Settings of the language-model engine and its tools.
import { count, seconds } from '@vana/settings';
import { z } from 'zod';

export const LLM_FIELDS = {
  /** An OpenAI-compatible server with its version (`http://127.0.0.1:11434/v1`): research is done with a model. */
  LLM_BASE_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
  /** Name of the model, as the server knows it. */
  LLM_MODEL: z.string().optional(),
  /** Sent as bearer token; leave it out for servers that want none. */
  LLM_API_KEY: z.string().optional(),
  /** Tokens that a prompt and its answer may have together. */
  LLM_CONTEXT_TOKENS: count(32_000, 2_000),
  /** Model calls of one pod at once; the others wait. */
  LLM_CALLS_AT_ONCE: count(8),
  /** Seconds without a byte after which the model server counts as gone. */
  LLM_SILENCE: seconds(120),
  /** Tokens of one run, prompts and answers together; at four fifths of it research ends and the report is written. */
  LLM_RUN_TOKENS: count(200_000, 2_000),
  /** Seconds of one run; at four fifths of it research ends and the report is written. */
  LLM_RUN_TIME: seconds(600),
  /** Tool calls of one run. */
  LLM_RUN_TOOL_CALLS: count(40),
  /** A SearXNG instance with its JSON format switched on: the model may search the web and read what it finds. */
  SEARXNG_URL: z.url({ protocol: /^https?$/, error: 'must be an http(s) address' }).optional(),
};
