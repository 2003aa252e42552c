// Judges whether the findings answer the question, and asks for what is missing.
import { z } from 'zod';
import type { Work } from '../../engine/agent-work.js';
import type { ResearchedSection } from '../findings.js';
import type { ModelDesk } from '../model-desk.js';
import { isModelFailure } from '../model-failure.js';
import { EVALUATE_INSTRUCTIONS, evaluatePrompt } from '../prompts.js';
import { SHORT_ANSWER_TOKENS } from './answer-tokens.js';

export const EVALUATION_STEPS = 1;
const FOLLOW_UPS_PER_ROUND = 3;

interface FollowUp {
  /** Index of the section. */
  readonly section: number;
  readonly question: string;
}

export interface Judgement {
  /** `unknown`: the model or the budget failed the evaluator. */
  readonly verdict: 'pass' | 'fail' | 'unknown';
  /** In words; empty when nothing is. */
  readonly missing: string;
  readonly followUps: readonly FollowUp[];
}

const followUpSchema = z.union([
  z.string().transform((question) => ({ section: undefined, question })),
  z.object({ section: z.coerce.number().optional().catch(undefined), question: z.string() }),
]);
const judgementSchema = z.object({
  verdict: z
    .string()
    .transform((verdict) => verdict.trim().toLowerCase())
    .pipe(z.enum(['pass', 'fail'])),
  missing: z.string().max(2_000).optional().catch(undefined),
  follow_up: z.array(followUpSchema).optional().catch(undefined),
});

const UNKNOWN: Judgement = { verdict: 'unknown', missing: '', followUps: [] };

/** @param asked everything that was looked up so far */
export async function evaluate(
  work: Work,
  desk: ModelDesk,
  round: number,
  sections: readonly ResearchedSection[],
  asked: ReadonlySet<string>,
): Promise<Judgement> {
  return work.step(
    'Judge the findings',
    async () => {
      const prompt = evaluatePrompt(desk.question, sections, [...asked]).slice(0, desk.readableCharacters);
      try {
        const judged = await desk.askJson(`evaluate/${round}`, judgementSchema, {
          instructions: EVALUATE_INSTRUCTIONS,
          messages: [{ role: 'user', content: prompt }],
          ...{ part: 'research', maxOutputTokens: SHORT_ANSWER_TOKENS },
        });
        return judged === undefined ? UNKNOWN : judgementOf(judged, sections.length, asked);
      } catch (error) {
        desk.signal.throwIfAborted();
        if (isModelFailure(error)) return UNKNOWN;
        throw error;
      }
    },
    ({ verdict, missing }) => (missing === '' ? verdict : `${verdict}: ${missing}`),
  );
}

function judgementOf(
  { verdict, missing = '', follow_up = [] }: z.output<typeof judgementSchema>,
  sections: number,
  asked: ReadonlySet<string>,
): Judgement {
  if (verdict === 'pass') return { verdict, missing: '', followUps: [] };
  const followUps = follow_up
    .map(({ section = sections, question }) => {
      const index = Number.isFinite(section) ? Math.round(section) - 1 : sections - 1;
      return { section: Math.min(Math.max(index, 0), sections - 1), question: question.trim().slice(0, 500) };
    })
    .filter(({ question }) => question !== '' && !asked.has(question));
  return { verdict, missing: missing.trim(), followUps: followUps.slice(0, FOLLOW_UPS_PER_ROUND) };
}
