// What is wrong with which field, for the `details` of an error: names and rules, never values.
import type { z } from 'zod';

export interface FieldProblem {
  /** Path to the field, e.g. `data.agents.0.progress`; empty for the whole. */
  readonly field: string;
  readonly problem: string;
}

/** More are not listed: the answer stays small whatever was sent. */
const MOST_PROBLEMS = 20;

export function fieldProblems(error: z.ZodError, within = ''): FieldProblem[] {
  return error.issues.slice(0, MOST_PROBLEMS).map((issue) => {
    const path = within === '' ? issue.path : [within, ...issue.path];
    return { field: path.join('.').slice(0, 256), problem: issue.message };
  });
}
