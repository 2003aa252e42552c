// Fields that several kinds share. Objects are loose: fields that this version does not know are kept.
import { z } from 'zod';

/** Name or id of an agent, a step, a message: shown to people, never used in a subject or key. */
export const label = z.string().min(1).max(512);
export const text = z.string();
export const countNumber = z.number().int().nonnegative();
export const secondsNumber = z.number().nonnegative().describe('Seconds.');
export const fraction = z.number().min(0).max(1).describe('Share, 0 to 1.');
export const percent = z.number().min(0).max(100).describe('Percent, 0 to 100.');
export { timestampSchema as timestamp } from '../timestamp.js';
export const labels = z.array(label);

/** An agent as the network display shows it. */
export const networkAgentSchema = z.looseObject({
  agent_id: label,
  agent_type: label,
  name: label,
  status: z.enum(['waiting', 'current', 'completed', 'error']),
  progress: fraction,
  current_task: text.nullish(),
  error: text.nullish(),
});

/** What the registry holds about one event type. */
export interface EventKind {
  readonly channel: 'agents' | 'research' | 'chat';
  readonly description: string;
  readonly data: z.ZodObject;
}
