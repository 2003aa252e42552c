// Judges what the noted statements cover of the question, and asks again for what is missing.
import type { Notebook } from '../notebook.js';
import type { FollowUp, Judgement, Statement, Verdict } from '../notes.js';
import type { Question, QuestionTerm } from '../question.js';
import type { ResearchDesk } from '../research-desk.js';
import type { Work } from '../../engine/agent-work.js';

export const EVALUATION_STEPS = 2;
/** One statement, in its context, that touches this much of the question answers it … */
const ANSWERED = 0.62;
/** … if this much stands in the statement itself, and no term of at least this weight is missing there. */
const ANSWERED_OWN = 0.3;
const HEAVY = 0.2;
/** "What is X?" with at most so many words for X wants a definition. */
const DEFINED_WORDS = 2;
const PARTLY = 0.42;
/** What is far below the best statement does not cover a word. */
const NEAR_SHARE = 0.6;
const FOLLOW_UPS_PER_ROUND = 2;
const MISSING_WEIGHT = 1.5;
const DEFINITION_TERMS = ['definition', 'abbreviat', 'stand', 'called'];

export async function evaluate(work: Work, desk: ResearchDesk, notebook: Notebook): Promise<Judgement> {
  work.usedTool('coverage_check');
  const judged = await work.step(
    'Judge what the statements cover',
    () => judge(desk.question, notebook.statements),
    ({ verdict, uncovered }) => `${verdict}${uncovered.length > 0 ? `; missing: ${uncovered.join(', ')}` : ''}`,
  );
  const followUps = await work.step(
    'Ask for what is missing',
    () => (judged.verdict === 'answered' ? [] : askAgain(desk, judged.uncovered)),
    (asked) => asked.map(({ reason }) => reason).join('; ') || 'nothing left to ask',
  );
  return { ...judged, followUps };
}

function judge(question: Question, statements: readonly Statement[]): Omit<Judgement, 'followUps'> {
  const strong = question.terms.filter(({ weak }) => !weak);
  const subject = strong.length > 0 ? strong : question.terms;
  const best = statements.reduce((most, { score }) => Math.max(most, score), 0);
  const near = statements.filter(({ score }) => score >= best * NEAR_SHARE);
  const uncovered = subject.filter(({ term }) => !near.some(({ touched }) => touched.has(term)));
  const coverage = statements.reduce((most, one) => Math.max(most, one.coverage), 0);
  const verdict = verdictOf(question, subject, statements);
  return { verdict, uncovered: uncovered.map(({ word }) => word), coverage };
}

function verdictOf(question: Question, subject: readonly QuestionTerm[], statements: readonly Statement[]): Verdict {
  const heavy = subject.filter(({ weight }) => weight >= HEAVY);
  const answers = statements.some(
    (one) =>
      one.coverage >= ANSWERED &&
      one.ownShare >= ANSWERED_OWN &&
      heavy.every(({ term }) => one.touched.has(term)) &&
      (question.intent !== 'definition' || one.defines || subject.length > DEFINED_WORDS),
  );
  if (answers) return 'answered';
  if (question.intent === 'definition' && subject.length === 1) return 'not_in_corpus';
  // A single common word of a question says nothing about what is asked.
  const least = Math.max(Math.min(2, subject.length), Math.ceil(subject.length / 2));
  const near = statements.some((one) => {
    return one.coverage >= PARTLY && subject.filter(({ term }) => one.touched.has(term)).length >= least;
  });
  return near ? 'partly' : 'not_in_corpus';
}

/** Searches that were not made yet, about the words that nothing touches. */
function askAgain(desk: ResearchDesk, uncovered: readonly string[]): FollowUp[] {
  const { question, corpus } = desk;
  const missing = question.terms.filter(({ word, term, relatives }) => {
    return uncovered.includes(word) && (corpus.frequency(term) > 0 || relatives.length > 0);
  });
  const asked = missing.map((term): FollowUp => followUp(term, question));
  if (question.intent === 'definition') asked.push(definition(question));
  const label = ({ subQuestion }: FollowUp): string => desk.label(subQuestion.terms);
  return asked.filter((one) => !desk.searches.includes(label(one))).slice(0, FOLLOW_UPS_PER_ROUND);
}

/** The missing word with its family, beside the weightiest other one. */
function followUp(missing: QuestionTerm, question: Question): FollowUp {
  const others = question.terms.filter((one) => one !== missing && !one.weak && one.frequency > 0);
  const [anchor] = others.sort((left, right) => right.weight - left.weight);
  const terms = new Map([[missing.term, MISSING_WEIGHT], ...missing.relatives.map((one) => [one, 1] as const)]);
  if (anchor) terms.set(anchor.term, 1);
  const about = anchor ? `“${missing.word}” beside “${anchor.word}”` : `“${missing.word}”`;
  return {
    reason: about,
    subQuestion: { id: `f-${missing.term}`, text: `Where do the documents speak of ${about}?`, terms },
  };
}

function definition(question: Question): FollowUp {
  const terms = new Map<string, number>(question.terms.map(({ term }) => [term, MISSING_WEIGHT]));
  for (const term of DEFINITION_TERMS) terms.set(term, 0.5);
  const reason = 'a definition';
  return { reason, subQuestion: { id: 'f-definition', text: `Where is it defined: ${question.text}`, terms } };
}
