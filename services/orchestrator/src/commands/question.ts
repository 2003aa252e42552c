// The question of a run, as it is stored and compared.
import { MAX_QUESTION_CHARACTERS, VanaError } from '@vana/events';

const TITLE_CHARACTERS = 80;

/**
 * Without blanks around it.
 * @throws VanaError question_empty | question_too_long
 */
export function questionOf(query: string): string {
  const question = query.trim();
  if (question === '') throw new VanaError('question_empty');
  const characters = [...question].length;
  if (characters > MAX_QUESTION_CHARACTERS) {
    throw new VanaError('question_too_long', { details: { characters, limit: MAX_QUESTION_CHARACTERS } });
  }
  return question;
}

/** The title of a session that begins with this question: one line, never half a character. */
export function titleOf(question: string): string {
  return [...question.replace(/\s+/g, ' ')].slice(0, TITLE_CHARACTERS).join('').trim();
}
