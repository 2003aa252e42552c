// A request body or a query against its schema.
import type { z } from 'zod';
import { fieldProblems } from '../field-problems.js';
import { VanaError } from '../vana-error.js';

/** @throws VanaError invalid_body with `details.fields: FieldProblem[]` */
export function parseBody<S extends z.ZodType>(schema: S, body: unknown): z.output<S> {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new VanaError('invalid_body', { details: { fields: fieldProblems(parsed.error) } });
}

/** @throws VanaError invalid_query with `details.fields: FieldProblem[]` */
export function parseQuery<S extends z.ZodType>(schema: S, query: unknown): z.output<S> {
  const parsed = schema.safeParse(query);
  if (parsed.success) return parsed.data;
  throw new VanaError('invalid_query', { details: { fields: fieldProblems(parsed.error) } });
}
