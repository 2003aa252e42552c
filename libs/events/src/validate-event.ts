// The publisher's door: an event goes to the bus only if readers of any version can rely on its shape.
import { encodedJson, encodedSize, refuseAbove } from './encoded-json.js';
import { fieldProblems, type FieldProblem } from './field-problems.js';
import { EVENT_KINDS, isKnownType, isOutsideType } from './registry.js';
import { MAX_EVENT_BYTES, storedEventSchema, type StoredEvent } from './stored-event.js';
import { VanaError } from './vana-error.js';

/** Nesting of `data`, itself counted as 1; also what keeps a cyclic object out. */
export const MAX_DATA_DEPTH = 32;
/** Encoded `data` of an outside type. */
export const MAX_OUTSIDE_DATA_BYTES = 64 * 1024;

/**
 * Checks shape, channel, depth and size. The event comes back as it is (the same object, unknown fields kept).
 * @throws VanaError invalid_event (details.fields: FieldProblem[]) | event_too_large (details.bytes, details.limit)
 */
export function validateEvent(event: unknown): StoredEvent {
  const valid = checkShape(event);
  refuseAbove(encodedSize(valid), MAX_EVENT_BYTES);
  return valid;
}

/** The same checks, and the event as JSON in UTF-8: written once only. @throws as validateEvent */
export function encodeValid(event: unknown): Uint8Array {
  const bytes = encodedJson(checkShape(event));
  refuseAbove(bytes.length, MAX_EVENT_BYTES);
  return bytes;
}

function checkShape(event: unknown): StoredEvent {
  const problems = shapeProblems(event);
  if (problems.length > 0) throw new VanaError('invalid_event', { details: { fields: problems } });
  const valid = event as StoredEvent;
  if (!isKnownType(valid.type)) refuseAbove(encodedSize(valid.data), MAX_OUTSIDE_DATA_BYTES);
  return valid;
}

function shapeProblems(event: unknown): FieldProblem[] {
  const envelope = storedEventSchema.safeParse(event);
  if (!envelope.success) return fieldProblems(envelope.error);
  const { type, channel, data } = envelope.data;
  if (isDeeperThan(data, MAX_DATA_DEPTH)) {
    return [{ field: 'data', problem: `must not be nested deeper than ${MAX_DATA_DEPTH}` }];
  }
  if (!isKnownType(type)) {
    return isOutsideType(type) ? [] : [{ field: 'type', problem: 'must be a known type or x.<vendor>.<name>' }];
  }
  const kind = EVENT_KINDS[type];
  if (kind.channel !== channel) return [{ field: 'channel', problem: `must be ${kind.channel} for this type` }];
  const parsed = kind.data.safeParse(data);
  return parsed.success ? [] : fieldProblems(parsed.error, 'data');
}

function isDeeperThan(value: unknown, depth: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (depth === 0) return true;
  return Object.values(value).some((part) => isDeeperThan(part, depth - 1));
}
