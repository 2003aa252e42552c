export { DEFAULT_TENANT, ID_PATTERN, idSchema, isValidId, sessionKeyString, type SessionKey } from './ids.js';
export { formatPosition, parsePosition, type Position } from './position.js';
export {
  EVENT_STREAM,
  EVENT_SUBJECT_FILTER,
  LIVE_SUBJECT_TRANSFORM,
  ORCHESTRATOR_QUEUE,
  PRESENCE_ASK_SUBJECT,
  PRESENCE_SUBJECT,
  RUNS_BUCKET,
  SESSIONS_BUCKET,
  eventSubject,
  liveSubject,
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
export { SCOPES, type Principal, type Scope } from './principal.js';
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
