// Commands that gateways send to the orchestrators over NATS, and what comes back. Inside the cluster
// names are camelCase and times milliseconds since 1970, as in the stored records.
import { z } from 'zod';
import { errorBodySchema } from '../http/errors.js';
import { questionSchema, titleSchema } from '../http/fields.js';
import { outsideEventSchema, producerSchema } from '../http/outside-events.js';
import { RUN_STATES } from '../http/runs.js';
import { positionSchema } from '../position.js';
import { EVENT_KINDS } from '../registry.js';
import { idSchema } from '../ids.js';
import { SCOPES, principalIdSchema } from '../principal.js';

const timeMs = z.number().int().nonnegative().describe('Milliseconds since 1970.');

export const principalSchema = z.looseObject({
  id: z.string().min(1),
  tenant: idSchema,
  scopes: z.array(z.enum(SCOPES)),
  expiresAtMs: timeMs.optional(),
  tokenId: z.string().optional(),
  issuedAtMs: timeMs.optional(),
  anonymous: z.boolean().optional(),
});

export const runRecordSchema = z.looseObject({
  tenant: idSchema,
  runId: idSchema,
  sessionId: idSchema,
  owner: z.string(),
  query: z.string(),
  status: z.enum(RUN_STATES),
  cancelRequested: z.boolean(),
  idempotencyKey: z.string().optional(),
  createdAtMs: timeMs,
  startedAtMs: timeMs.optional(),
  endedAtMs: timeMs.optional(),
  claimedBy: z.string().optional().describe('The worker that holds the run.'),
  leaseUntilMs: timeMs.optional(),
  attempts: z.number().int().nonnegative().optional().describe('How often a worker has claimed it.'),
  worker: z.literal('outside').optional(),
  regenerates: z.string().optional(),
  retryOf: idSchema.optional(),
  reason: z.string().optional(),
});

export const sessionRecordSchema = z.looseObject({
  tenant: idSchema,
  sessionId: idSchema,
  owner: z.string(),
  readers: z.array(z.string()),
  title: z.string(),
  activeRunId: idSchema.optional(),
  createdAtMs: timeMs,
  updatedAtMs: timeMs,
  deletedAtMs: timeMs.optional(),
});

interface Command {
  readonly subject: string;
  readonly description: string;
  readonly request: z.ZodObject;
  /** `value` of a good reply; absent for commands that return nothing. */
  readonly value?: z.ZodType;
}

const principal = principalSchema;
/** A new schema at each call: the generated documents name them one by one. */
const ofSession = () => z.looseObject({ principal, sessionId: idSchema });
const ofReader = () => ofSession().extend({ reader: principalIdSchema });
const ofMessage = () => ofSession().extend({ messageId: z.string().min(1).max(128) });
const messageChange = () =>
  z.looseObject({
    position: positionSchema.optional(),
    deletedMessageIds: z.array(z.string()),
    feedbackId: z.string().optional(),
  });
const ofRun = () => z.looseObject({ principal, runId: idSchema });

export const COMMANDS = {
  startRun: {
    subject: 'vana.commands.run.start',
    description: 'Starts a run; creates the session for the caller if its id is unknown.',
    request: ofSession().extend({
      query: questionSchema,
      idempotencyKey: z.string().optional(),
      onActive: z.enum(['refuse', 'cancel']).optional(),
    }),
    value: runRecordSchema,
  },
  getRun: { subject: 'vana.commands.run.get', description: 'A run.', request: ofRun(), value: runRecordSchema },
  cancelRun: {
    subject: 'vana.commands.run.cancel',
    description: 'Asks a run to stop; one that has ended is returned as it is.',
    request: ofRun(),
    value: runRecordSchema,
  },
  createSession: {
    subject: 'vana.commands.session.create',
    description: 'Creates a session owned by the caller.',
    request: z.looseObject({ principal, sessionId: idSchema.optional(), title: titleSchema.optional() }),
    value: sessionRecordSchema,
  },
  getSession: {
    subject: 'vana.commands.session.get',
    description: 'A session that the caller may read.',
    request: ofSession(),
    value: sessionRecordSchema,
  },
  listSessions: {
    subject: 'vana.commands.session.list',
    description: 'The caller’s own sessions, newest first.',
    request: z.looseObject({
      principal,
      limit: z.number().int().positive(),
      after: z.looseObject({ createdAtMs: timeMs, sessionId: idSchema }).optional(),
    }),
    value: z.array(sessionRecordSchema),
  },
  renameSession: {
    subject: 'vana.commands.session.rename',
    description: 'Gives a session of the caller another title.',
    request: ofSession().extend({ title: titleSchema }),
    value: sessionRecordSchema,
  },
  getAgentNetwork: {
    subject: 'vana.commands.session.agents',
    description: 'The session’s agents, measured from its stored events.',
    request: ofSession(),
    value: EVENT_KINDS.agent_network_snapshot.data,
  },
  postMessage: {
    subject: 'vana.commands.message.post',
    description: 'Stores a message of the caller and starts the run that answers it.',
    request: ofSession().extend({
      content: questionSchema,
      respond: z.boolean(),
      idempotencyKey: z.string().optional(),
    }),
    value: z.looseObject({ messageId: z.string(), runId: idSchema.optional() }),
  },
  regenerateMessage: {
    subject: 'vana.commands.message.regenerate',
    description: 'Starts a run that writes a message anew.',
    request: ofMessage().extend({ idempotencyKey: z.string().optional() }),
    value: runRecordSchema,
  },
  editMessage: {
    subject: 'vana.commands.message.edit',
    description: 'Changes a message; those after it are deleted.',
    request: ofMessage().extend({ content: questionSchema }),
    value: messageChange(),
  },
  deleteMessage: {
    subject: 'vana.commands.message.delete',
    description: 'Deletes a message and those after it.',
    request: ofMessage(),
    value: messageChange(),
  },
  giveFeedback: {
    subject: 'vana.commands.message.feedback',
    description: 'Stores what the caller thinks of a message.',
    request: ofMessage().extend({ type: z.enum(['upvote', 'downvote']), reason: z.string().optional() }),
    value: messageChange(),
  },
  retryRun: {
    subject: 'vana.commands.run.retry',
    description: 'Asks the question of an ended run again.',
    request: ofRun(),
    value: runRecordSchema,
  },
  publishEvents: {
    subject: 'vana.commands.events.publish',
    description:
      'Stores events of an agent outside the platform; answered when all of them are stored. Nest’s envelope: `{"id":"…","data":{…}}` goes out, `{"response":…}` comes back.',
    request: ofSession().extend({ producer: producerSchema.optional(), events: z.array(outsideEventSchema) }),
    value: z.looseObject({ positions: z.array(positionSchema), duplicates: z.number().int().nonnegative() }),
  },
  startOutsideRun: {
    subject: 'vana.commands.run.start-outside',
    description: 'Starts a run that the caller works on itself.',
    request: ofSession().extend({ query: questionSchema, idempotencyKey: z.string().optional() }),
    value: runRecordSchema,
  },
  finishRun: {
    subject: 'vana.commands.run.finish',
    description: 'Ends a run that the caller works on itself.',
    request: ofRun().extend({
      status: z.enum(['completed', 'partial', 'failed']),
      finalReport: z.string(),
      reason: z.string().optional(),
    }),
    value: runRecordSchema,
  },
  deleteSession: {
    subject: 'vana.commands.session.delete',
    description: 'Cancels the active run, then leaves a tombstone.',
    request: ofSession(),
  },
  shareSession: {
    subject: 'vana.commands.session.share',
    description: 'Lets another principal of the tenant read a session of the caller.',
    request: ofReader(),
    value: sessionRecordSchema,
  },
  unshareSession: {
    subject: 'vana.commands.session.unshare',
    description: 'Takes the right to read back and cuts the reader’s live streams.',
    request: ofReader(),
    value: sessionRecordSchema,
  },
} as const satisfies Record<string, Command>;

const failure = z.looseObject({ ok: z.literal(false), error: errorBodySchema });
/** A reply: the value, or the error as its public body. */
export const commandReplySchema = (command: Command) =>
  z.union([
    z.looseObject({ ok: z.literal(true), ...(command.value === undefined ? {} : { value: command.value }) }),
    failure,
  ]);
