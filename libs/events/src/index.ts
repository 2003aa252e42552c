export { DEFAULT_TENANT, ID_PATTERN, idSchema, isValidId, sessionKeyString, type SessionKey } from './ids.js';
export { formatPosition, parsePosition, positionSchema, type Position } from './position.js';
export {
  EVENT_STREAM,
  EVENT_SUBJECT_FILTER,
  LIVE_SUBJECT_TRANSFORM,
  ORCHESTRATOR_QUEUE,
  PRESENCE_ASK_SUBJECT,
  PRESENCE_SUBJECT,
  REVOCATIONS_BUCKET,
  RUNS_BUCKET,
  RUN_QUEUE_FILTER,
  RUN_QUEUE_STREAM,
  SESSIONS_BUCKET,
  STEPS_BUCKET,
  eventSubject,
  liveSubject,
  runQueueSubject,
  sessionOfSubject,
} from './subjects.js';
export {
  CHANNELS,
  MAX_EVENT_BYTES,
  SCHEMA_VERSION,
  channelSchema,
  storedEventSchema,
  type Channel,
  type StoredEvent,
} from './stored-event.js';
export { encodeStoredEvent } from './encode-stored-event.js';
export { ERROR_CATEGORIES, ERROR_CODES, type ErrorBody, type ErrorCategory, type ErrorCode } from './error-codes.js';
export { VanaError } from './vana-error.js';
export { CLOSE_REASONS, type CloseReason } from './close-reasons.js';
export { SCOPES, isPrincipalId, principalIdSchema, type Principal, type Scope } from './principal.js';
export {
  END_REASONS,
  GAP_REASONS,
  RESET_REASONS,
  controlBlockSchemas,
  rangeSchema,
  resumeSchema,
  type ControlBlock,
  type ControlBlockType,
  type EndReason,
  type GapReason,
  type Resume,
} from './control-blocks.js';
export {
  EVENT_KINDS,
  OUTSIDE_TYPE_PATTERN,
  isKnownType,
  isOutsideType,
  type EventData,
  type EventType,
} from './registry.js';
export { MAX_DATA_DEPTH, MAX_OUTSIDE_DATA_BYTES, validateEvent } from './validate-event.js';
export { encodedSize } from './encoded-json.js';
export type { FieldProblem } from './field-problems.js';
export { MAX_QUESTION_CHARACTERS, MAX_TITLE_CHARACTERS } from './http/fields.js';
export { parseBody, parseQuery } from './http/parse-body.js';
export {
  parseStartRun,
  startRunAnswerSchema,
  startRunBodySchema,
  type StartRunAnswer,
  type StartRunBody,
  type StartRunRequest,
} from './http/start-run.js';
export { RUN_STATES, runBodySchema, type RunBody } from './http/runs.js';
export {
  agentHistoryQuerySchema,
  createSessionBodySchema,
  renameSessionBodySchema,
  sessionBodySchema,
  sessionListBodySchema,
  sessionListQuerySchema,
  type CreateSessionBody,
  type SessionBody,
  type SessionListBody,
} from './http/sessions.js';
export {
  MAX_BATCH_EVENTS,
  finishRunBodySchema,
  outsideEventSchema,
  producerSchema,
  publishedBodySchema,
  startOutsideRunBodySchema,
  type FinishRunBody,
  type OutsideEvent,
  type PublishedBody,
  type StartOutsideRunBody,
} from './http/outside-events.js';
export {
  deleteMessageQuerySchema,
  editMessageBodySchema,
  feedbackBodySchema,
  messageActionAnswerSchema,
  postMessageAnswerSchema,
  postMessageBodySchema,
  regenerateAnswerSchema,
  regenerateBodySchema,
  type EditMessageBody,
  type FeedbackBody,
  type MessageActionAnswer,
  type PostMessageAnswer,
  type PostMessageBody,
  type RegenerateAnswer,
} from './http/messages.js';
export {
  agentHistoryBodySchema,
  blockBodySchema,
  eventPageBodySchema,
  gapBodySchema,
  pollAnswerSchema,
  type AgentHistoryBody,
  type BlockBody,
  type EventPageBody,
  type PollAnswer,
} from './http/event-pages.js';
export {
  browserSessionBodySchema,
  connectionTokenBodySchema,
  revocationBodySchema,
  revokeBodySchema,
  type BrowserSessionBody,
  type ConnectionTokenBody,
  type RevocationBody,
  type RevokeBody,
} from './http/auth.js';
export { errorBodySchema } from './http/errors.js';
export { broadcasterBeatSchema } from './bus/presence.js';
export { COMMANDS, principalSchema, runRecordSchema, sessionRecordSchema } from './bus/commands.js';
export { eventsSchemaDocument } from './api/events-schema.js';
export { openApiDocument } from './api/openapi.js';
export { asyncApiDocument } from './api/asyncapi.js';
export { HTTP_ROUTES, type HttpRoute } from './api/http-routes.js';
