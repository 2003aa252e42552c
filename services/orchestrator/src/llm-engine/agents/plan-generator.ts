// Breaks the question down into sub-questions.
import { z } from 'zod';
import type { Work } from '../../engine/agent-work.js';
import type { ModelDesk } from '../model-desk.js';
import { PLAN_INSTRUCTIONS, planPrompt } from '../prompts.js';
import { SHORT_ANSWER_TOKENS } from './answer-tokens.js';

export const PLAN_STEPS = 1;
const MOST_QUESTIONS = 6;

const planSchema = z.object({ questions: z.array(z.string().trim().min(1).max(500)).min(1) });

/** The question itself where the model gives no plan. */
export async function generatePlan(work: Work, desk: ModelDesk): Promise<string[]> {
  return work.step(
    'Derive sub-questions',
    async () => {
      const plan = await desk.askJson('plan', planSchema, {
        instructions: PLAN_INSTRUCTIONS,
        messages: [{ role: 'user', content: planPrompt(desk.question) }],
        ...{ part: 'research', maxOutputTokens: SHORT_ANSWER_TOKENS },
      });
      return plan?.questions.slice(0, MOST_QUESTIONS) ?? [desk.question];
    },
    (questions) => `${questions.length} sub-questions`,
  );
}
