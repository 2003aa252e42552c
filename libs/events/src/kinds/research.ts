// Channel `research`: a run from its question to its report.
import { z } from 'zod';
import { ERROR_CATEGORIES } from '../error-codes.js';
import { idSchema } from '../ids.js';
import { countNumber, fraction, label, networkAgentSchema, text, timestamp, type EventKind } from './fields.js';

const channel = 'research';

const sourceSchema = z.looseObject({
  shortId: z
    .string()
    .regex(/^src-[1-9][0-9]*$/, 'must be src-N')
    .describe('As the report cites it: `[src-N]`.'),
  title: text,
  url: z.string().min(1).describe('`corpus:path#L12` for a document of the corpus.'),
  domain: text,
  heading: text.nullish(),
  line: z.number().int().positive().nullish().describe('Counted from 1.'),
  supportedClaims: z.array(z.looseObject({ textSegment: text, confidence: fraction })),
});

export const RESEARCH_KINDS = {
  research_queued: {
    channel,
    description: 'The run waits for its turn.',
    data: z.looseObject({ runId: idSchema, position: countNumber, ahead: countNumber }),
  },
  research_started: {
    channel,
    description: 'Work on the run began.',
    data: z.looseObject({ runId: idSchema, query: z.string().min(1) }),
  },
  research_resumed: {
    channel,
    description: 'Another worker took the run over and goes on where the events end.',
    data: z.looseObject({ runId: idSchema, attempt: countNumber.describe('2 for the first take-over.') }),
  },
  research_progress: {
    channel,
    description: 'How far the run is: full state, not a difference.',
    data: z.looseObject({
      runId: idSchema,
      status: label,
      overall_progress: fraction,
      current_phase: text,
      agents: z.array(networkAgentSchema),
      partial_results: z
        .record(z.string(), z.looseObject({ content: text, completed_at: timestamp }))
        .nullish()
        .describe('By agent type.'),
    }),
  },
  research_sources: {
    channel,
    description: 'The sources found so far and what each of them supports.',
    data: z.looseObject({ sources: z.array(sourceSchema), totalSources: countNumber }),
  },
  research_complete: {
    channel,
    description: 'The run ended: exactly one per run, also after `error`.',
    data: z.looseObject({
      runId: idSchema,
      status: z.enum(['completed', 'partial', 'cancelled', 'failed']),
      final_report: text.describe('Markdown that cites `[src-N]`; empty when there is none.'),
      reason: text.nullish(),
    }),
  },
  error: {
    channel,
    description: 'Something went wrong in a run. A native EventSource also fires its own error handler for this name.',
    data: z.looseObject({
      runId: idSchema.nullish(),
      code: label,
      category: z.enum(ERROR_CATEGORIES),
      message: text,
      retryable: z.boolean(),
    }),
  },
} as const satisfies Record<string, EventKind>;
