// Chat actions: a message, a new text for it, its end, what people think of it.
import { z } from 'zod';
import { idSchema } from '../ids.js';
import { positionSchema } from '../position.js';
import { questionSchema } from './fields.js';

export const postMessageBodySchema = z.object({
  content: questionSchema,
  /** False: nobody answers. Else a run is started with the message as its question. */
  respond: z.boolean().default(true),
});
export type PostMessageBody = z.input<typeof postMessageBodySchema>;

export const postMessageAnswerSchema = z.object({
  session_id: idSchema,
  message_id: z.string(),
  /** The run that answers. */
  run_id: idSchema.optional(),
});
export type PostMessageAnswer = z.infer<typeof postMessageAnswerSchema>;

/** The session that the message is in. */
const inSession = z.object({ session_id: idSchema });

export const regenerateBodySchema = inSession;
export const regenerateAnswerSchema = z.object({ session_id: idSchema, message_id: z.string(), task_id: idSchema });
export type RegenerateAnswer = z.infer<typeof regenerateAnswerSchema>;

export const editMessageBodySchema = inSession.extend({ content: questionSchema });
export type EditMessageBody = z.infer<typeof editMessageBodySchema>;

export const deleteMessageQuerySchema = inSession;

export const feedbackBodySchema = inSession.extend({
  type: z.enum(['upvote', 'downvote']),
  reason: z.string().trim().max(2_000).optional(),
});
export type FeedbackBody = z.infer<typeof feedbackBodySchema>;

/** What an action has changed; asked for a second time it changes nothing and answers the same. */
export const messageActionAnswerSchema = z.object({
  session_id: idSchema,
  message_id: z.string(),
  /** The event that tells of it; absent when nothing was to be changed. */
  position: positionSchema.optional(),
  /** Messages that were deleted because they follow from this one, itself included where it was deleted. */
  deleted_message_ids: z.array(z.string()),
  feedback_id: z.string().optional(),
});
export type MessageActionAnswer = z.infer<typeof messageActionAnswerSchema>;
