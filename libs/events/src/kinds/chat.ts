// Channel `chat`: messages as they are written, and what people do with them.
import { z } from 'zod';
import { countNumber, label, labels, percent, text, type EventKind } from './fields.js';

const channel = 'chat';
const messageId = label;
const taskId = label;

export const CHAT_KINDS = {
  message_chunk: {
    channel,
    description: 'A piece of a message; `offset` is the number of characters (UTF-16 units) before it.',
    data: z.looseObject({ messageId, agentId: label.nullish(), offset: countNumber, delta: text }),
  },
  message_complete: {
    channel,
    description: 'A message is written: its whole text. `role` is `user` for what a person wrote.',
    data: z.looseObject({
      messageId,
      agentId: label.nullish(),
      offset: countNumber.nullish(),
      content: text,
      role: label.nullish(),
    }),
  },
  message_regenerating: {
    channel,
    description: 'A message is being written anew.',
    data: z.looseObject({ messageId, taskId, originalMessageId: label, userQuery: text }),
  },
  regeneration_progress: {
    channel,
    description: 'How far a regeneration is.',
    data: z.looseObject({ messageId, taskId, progress: percent, partialContent: text }),
  },
  message_regenerated: {
    channel,
    description: 'The new text of a message.',
    data: z.looseObject({ messageId, taskId, content: text }),
  },
  regeneration_error: {
    channel,
    description: 'A regeneration failed; the message stays as it was.',
    data: z.looseObject({ messageId, taskId, error: text }),
  },
  message_edited: {
    channel,
    description: 'A message was changed.',
    data: z.looseObject({ messageId, content: text, previousContent: text }),
  },
  message_deleted: {
    channel,
    description: 'A message and those that follow from it were deleted.',
    data: z.looseObject({ messageId, deletedCount: countNumber, deletedMessageIds: labels }),
  },
  feedback_submitted: {
    channel,
    description: 'Somebody judged a message.',
    data: z.looseObject({
      messageId,
      feedbackId: label,
      feedbackType: z.enum(['upvote', 'downvote']),
      reason: text.nullish(),
    }),
  },
  thought_process_start: {
    channel,
    description: 'The agent starts to think about a message.',
    data: z.looseObject({ messageId, taskId, thinkingAbout: text }),
  },
  thought_process_step: {
    channel,
    description: 'One step of that thinking.',
    data: z.looseObject({ messageId, taskId, step: z.union([label, countNumber]), reasoning: text }),
  },
  thought_process_complete: {
    channel,
    description: 'The thinking ended with a conclusion.',
    data: z.looseObject({ messageId, taskId, conclusion: text, totalSteps: countNumber }),
  },
  session_updated: {
    channel,
    description: 'The session changed: its status, its title, or both.',
    data: z.looseObject({ status: label.nullish(), title: text.nullish() }),
  },
} as const satisfies Record<string, EventKind>;
