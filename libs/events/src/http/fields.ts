// Fields that several bodies share. HTTP bodies are snake_case, as in the system that this one succeeds.
import { z } from 'zod';

export const MAX_QUESTION_CHARACTERS = 10_000;
export const MAX_TITLE_CHARACTERS = 200;

/** Characters as people count them (code points), not UTF-16 units. */
export function characterCount(text: string): number {
  return [...text].length;
}

/** 1..10,000 characters, blanks around them taken away. */
export const questionSchema = z
  .string()
  .trim()
  .refine((text) => text !== '', 'must not be empty')
  .refine((text) => characterCount(text) <= MAX_QUESTION_CHARACTERS, 'must have at most 10,000 characters')
  .meta({ minLength: 1, maxLength: MAX_QUESTION_CHARACTERS });

export const titleSchema = z.string().max(MAX_TITLE_CHARACTERS);
