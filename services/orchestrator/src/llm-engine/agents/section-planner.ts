// Arranges the sub-questions into the sections of the report.
import { z } from 'zod';
import type { Work } from '../../engine/agent-work.js';
import type { ModelDesk } from '../model-desk.js';
import { SECTIONS_INSTRUCTIONS, sectionsPrompt } from '../prompts.js';
import { SHORT_ANSWER_TOKENS } from './answer-tokens.js';

export const SECTION_STEPS = 1;
const MOST_SECTIONS = 5;

export interface SectionPlan {
  readonly title: string;
  readonly questions: readonly string[];
}

const questionSchema = z.string().trim().min(1).max(500);
const sectionsSchema = z.object({
  sections: z.array(z.object({ title: z.string().trim().min(1).max(200), questions: z.array(questionSchema) })).min(1),
});

/** One section of all where the model gives none. */
export async function planSections(work: Work, desk: ModelDesk, questions: readonly string[]): Promise<SectionPlan[]> {
  return work.step(
    'Arrange the sections',
    async () => {
      const planned = await desk.askJson('sections', sectionsSchema, {
        instructions: SECTIONS_INSTRUCTIONS,
        messages: [{ role: 'user', content: sectionsPrompt(desk.question, questions) }],
        ...{ part: 'research', maxOutputTokens: SHORT_ANSWER_TOKENS },
      });
      const sections = planned?.sections.filter((section) => section.questions.length > 0) ?? [];
      return sections.length === 0 ? [oneSection(questions)] : sections.slice(0, MOST_SECTIONS);
    },
    (sections) => sections.map(({ title }) => title).join(' · '),
  );
}

export function oneSection(questions: readonly string[]): SectionPlan {
  return { title: 'Findings', questions };
}
