// An event of an agent outside becomes a stored one: checked as a whole batch before anything is published.
import { randomUUID } from 'node:crypto';
import {
  EVENT_KINDS,
  SCHEMA_VERSION,
  VanaError,
  isKnownType,
  outsideEventSchema,
  validateEvent,
  type FieldProblem,
  type OutsideEvent,
  type Principal,
  type StoredEvent,
} from '@vana/events';

/** Only the platform itself says these: a run's beginning and end, what people did to messages and sessions. */
const RESERVED: ReadonlySet<string> = new Set([
  ...['research_queued', 'research_started', 'research_resumed', 'research_complete', 'session_updated'],
  ...['message_edited', 'message_deleted', 'message_regenerating', 'message_regenerated', 'feedback_submitted'],
]);

export interface OutsideBatch {
  readonly principal: Principal;
  readonly sessionId: string;
  readonly producer: string | undefined;
  readonly nowMs: number;
}

/** @throws VanaError invalid_event | event_too_large, with details.line counted from 1 */
export function readOutsideEvents(events: readonly unknown[], batch: OutsideBatch): StoredEvent[] {
  const createdAt = new Date(batch.nowMs).toISOString();
  return events.map((event, index) => {
    try {
      return storedEvent(readEvent(event), batch, createdAt);
    } catch (error) {
      if (!(error instanceof VanaError)) throw error;
      throw new VanaError(error.code, { details: { line: index + 1, ...error.details } });
    }
  });
}

function readEvent(event: unknown): OutsideEvent {
  const parsed = outsideEventSchema.safeParse(event);
  if (parsed.success) return parsed.data;
  const fields = parsed.error.issues.map(({ path, message }) => ({
    field: path.join('.').slice(0, 256),
    problem: message,
  }));
  throw invalid(fields.slice(0, 20));
}

function storedEvent(event: OutsideEvent, batch: OutsideBatch, createdAt: string): StoredEvent {
  const { type, agent_id: agentId, parent_agent_id: parentAgentId, run_id: runId, data, ttl } = event;
  if (RESERVED.has(type)) throw invalid([{ field: 'type', problem: 'is told by the platform itself' }]);
  const channel = event.channel ?? (isKnownType(type) ? EVENT_KINDS[type].channel : 'agents');
  return validateEvent({
    schemaVersion: SCHEMA_VERSION,
    type,
    channel,
    sessionId: batch.sessionId,
    ...(runId === undefined ? {} : { runId }),
    ...(agentId === undefined ? {} : { agentId }),
    ...(parentAgentId === undefined ? {} : { parentAgentId }),
    data,
    id: `x:${batch.principal.id}:${ownId(event, batch.producer)}`,
    ...(ttl === undefined ? {} : { ttl }),
    createdAt,
  });
}

/** Unique among the principal's events in the session. */
function ownId({ id, seq }: OutsideEvent, producer: string | undefined): string {
  if (id !== undefined) return id;
  if (seq === undefined) return randomUUID();
  if (producer === undefined) throw invalid([{ field: 'seq', problem: 'needs a producer that counts it' }]);
  return `${producer}/${seq}`;
}

function invalid(fields: readonly FieldProblem[]): VanaError {
  return new VanaError('invalid_event', { details: { fields } });
}
