// POST /api/run_sse/{session_id}: the question goes in, the run's id comes back.
import { z } from 'zod';
import { VanaError } from '../vana-error.js';
import { idSchema } from '../ids.js';
import { timestampSchema } from '../timestamp.js';
import { characterCount, MAX_QUESTION_CHARACTERS, questionSchema } from './fields.js';
import { parseBody } from './parse-body.js';

/** The question is `query` or `message`: both names were in use before, one of them has to be there. */
export const startRunBodySchema = z.object({
  query: questionSchema.optional(),
  message: questionSchema.optional(),
  /** What to do when the session has an active run: refuse (409 run_active) or cancel it first. */
  on_active: z.enum(['refuse', 'cancel']).default('refuse'),
});
export type StartRunBody = z.input<typeof startRunBodySchema>;

export const startRunAnswerSchema = z.object({
  success: z.literal(true),
  session_id: idSchema,
  run_id: idSchema,
  message: z.string(),
  timestamp: timestampSchema,
});
export type StartRunAnswer = z.infer<typeof startRunAnswerSchema>;

export interface StartRunRequest {
  /** Without blanks around it; 1..10,000 characters. */
  readonly query: string;
  readonly onActive: 'refuse' | 'cancel';
}

/** @throws VanaError question_empty | question_too_long | invalid_body (details.fields) */
export function parseStartRun(body: unknown): StartRunRequest {
  const asked = questionOf(body);
  if (asked !== undefined) {
    if (asked.trim() === '') throw new VanaError('question_empty');
    const characters = characterCount(asked.trim());
    if (characters > MAX_QUESTION_CHARACTERS) {
      throw new VanaError('question_too_long', { details: { characters, limit: MAX_QUESTION_CHARACTERS } });
    }
  }
  const parsed = parseBody(startRunBodySchema, body);
  if (parsed.query !== undefined && parsed.message !== undefined) {
    throw invalid('message', 'must not be given together with query');
  }
  const query = parsed.query ?? parsed.message;
  if (query === undefined) throw invalid('query', 'is required');
  return { query, onActive: parsed.on_active };
}

function questionOf(body: unknown): string | undefined {
  if (typeof body !== 'object' || body === null) return undefined;
  const { query, message } = body as { query?: unknown; message?: unknown };
  const asked = query ?? message;
  return typeof asked === 'string' ? asked : undefined;
}

function invalid(field: string, problem: string): VanaError {
  return new VanaError('invalid_body', { details: { fields: [{ field, problem }] } });
}
