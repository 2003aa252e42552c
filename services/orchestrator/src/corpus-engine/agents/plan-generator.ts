// Turns the question into sub-questions: itself, and one for each term that goes along with it in the corpus.
import type { Hit } from '../../corpus/corpus.js';
import type { SubQuestion } from '../notes.js';
import { relatedTerms } from '../related-terms.js';
import type { ResearchDesk } from '../research-desk.js';
import { short, type Work } from '../../engine/agent-work.js';

export const PLAN_STEPS = 3;
const PASSAGES_READ = 40;
/** Related terms are taken from statements that touch at least this part of the question. */
const LEAST_COVERAGE = 0.5;
const MOST_ASPECTS = 5;
const ASPECT_WEIGHT = 0.8;

export async function generatePlan(work: Work, desk: ResearchDesk): Promise<SubQuestion[]> {
  work.usedTool('full_text_search');
  const terms = desk.baseTerms();
  const hits = await work.step(
    'Read the passages nearest to the question',
    () => desk.passages(terms, PASSAGES_READ),
    (found) => `${found.length} passages in ${new Set(found.map(({ passage }) => passage.document)).size} documents`,
  );
  work.usedTool('term_statistics');
  const aspects = await work.step(
    'Find terms that go along with the question',
    () => relatedTerms(desk.corpus, relevant(hits, desk), desk.question, MOST_ASPECTS),
    (found) => found.map((term) => desk.corpus.surface(term)).join(', ') || 'none',
  );
  return work.step(
    'Derive sub-questions',
    () => [
      { id: 'q0', text: short(desk.question.text), terms },
      ...aspects.map((aspect, at) => aspectQuestion(aspect, at + 1, desk)),
    ],
    (made) => `${made.length} sub-questions`,
  );
}

function relevant(hits: readonly Hit[], desk: ResearchDesk): Hit[] {
  return hits.filter(({ passage }) => {
    return desk.statements(passage).some(({ coverage, ownShare }) => coverage >= LEAST_COVERAGE && ownShare > 0);
  });
}

function aspectQuestion(aspect: string, number: number, desk: ResearchDesk): SubQuestion {
  const subject = desk.question.terms.filter(({ weak }) => !weak).map(({ word }) => word);
  const text = short(`“${desk.corpus.surface(aspect)}” and ${subject.join(' ')}: what do the documents say?`);
  return { id: `q${number}`, text, aspect, terms: new Map([...desk.baseTerms(), [aspect, ASPECT_WEIGHT]]) };
}
