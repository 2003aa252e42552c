// The environment, read once at start through a schema that holds names, units and defaults.
import { VanaError } from '@vana/events';
import type { z } from 'zod';

/** One bad setting: by name, never by value (it may be a secret). */
export interface SettingProblem {
  readonly key: string;
  readonly problem: string;
}

/**
 * Parses the environment names that `schema` has; others are not looked at. A variable that is set but
 * blank counts as not set (that is how container platforms leave one out).
 * @throws VanaError settings_invalid with `details.keys: SettingProblem[]`, all problems together
 */
export function readSettings<S extends z.ZodObject>(
  schema: S,
  env: Readonly<Record<string, string | undefined>>,
): z.output<S> {
  const given: Record<string, string> = {};
  for (const key of Object.keys(schema.shape)) {
    const value = env[key];
    if (value !== undefined && value.trim() !== '') given[key] = value;
  }
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;

  const keys = parsed.error.issues.map((issue): SettingProblem => {
    const key = issue.path.join('.');
    const missing = key !== '' && given[key] === undefined;
    return { key, problem: missing && issue.code !== 'custom' ? 'is required' : issue.message };
  });
  throw new VanaError('settings_invalid', { details: { keys } });
}
