// Every NATS subject, stream and bucket name in one place. Ids are validated before they come here.
import { isValidId, type SessionKey } from './ids.js';

/** RePublish cannot be changed on an existing stream, so a change of it means a new version here. */
export const EVENT_STREAM = 'VANA_EVENTS_V1';
export const EVENT_SUBJECT_FILTER = 'vana.events.*.*';
export const LIVE_SUBJECT_TRANSFORM = 'vana.live.$1.$2';
export const SESSIONS_BUCKET = 'vana_sessions_v1';
export const RUNS_BUCKET = 'vana_runs_v1';
/** Results of finished steps of runs that go on. */
export const STEPS_BUCKET = 'vana_steps_v1';
/** Work queue of the orchestrators: one subject per run, one message per subject. */
export const RUN_QUEUE_STREAM = 'VANA_RUNS_V1';
export const RUN_QUEUE_FILTER = 'vana.runs.*.*';
export const REVOCATIONS_BUCKET = 'vana_revocations_v1';
/** Broadcasters beat here every second; a gateway that starts asks on `PRESENCE_ASK_SUBJECT`. */
export const PRESENCE_SUBJECT = 'vana.presence.broadcaster';
export const PRESENCE_ASK_SUBJECT = 'vana.presence.ask';

export function eventSubject({ tenant, sessionId }: SessionKey): string {
  return `vana.events.${tenant}.${sessionId}`;
}

export function liveSubject({ tenant, sessionId }: SessionKey): string {
  return `vana.live.${tenant}.${sessionId}`;
}

/** Both ids are valid ones. */
export function runQueueSubject(tenant: string, runId: string): string {
  return `vana.runs.${tenant}.${runId}`;
}

/** The session that an event or live subject belongs to; `undefined` for any other subject. */
export function sessionOfSubject(subject: string): SessionKey | undefined {
  const [root, kind, tenant, sessionId, ...rest] = subject.split('.');
  if (root !== 'vana' || (kind !== 'events' && kind !== 'live') || rest.length > 0) return undefined;
  return isValidId(tenant) && isValidId(sessionId) ? { tenant, sessionId } : undefined;
}

/** The queue group in which orchestrators answer the commands of `bus/commands.ts`. */
export const ORCHESTRATOR_QUEUE = 'vana.orchestrators';
