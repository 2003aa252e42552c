// Between a log entry and an item of a Redis stream. What comes back from Redis is not trusted: anybody with
// access could have written it, so an item that is not exactly right is no entry.
import { storedEventSchema, type SessionKey } from '@vana/events';
import type { LogEntry } from '@vana/stream-core';

/** As XRANGE answers: id, then field names and values in turn. */
export type StreamItem = [id: string, fields: string[]];

/** The append script's arguments for one entry. */
export function scriptArguments(entry: LogEntry): [seq: string, prev: string, storedAt: string, event: string] {
  return [String(entry.seq), String(entry.prev), String(entry.storedAtMs), JSON.stringify(entry.event)];
}

/** `undefined` for an item that is malformed or belongs to another session. */
export function parseItem(session: SessionKey, [id, fields]: StreamItem): LogEntry | undefined {
  const seq = wholeNumber(/^([1-9]\d*)-0$/.exec(id)?.[1]);
  const prev = wholeNumber(valueOf(fields, 'prev'));
  const storedAtMs = wholeNumber(valueOf(fields, 'storedAt'));
  if (seq === undefined || prev === undefined || storedAtMs === undefined || prev >= seq) return undefined;
  const event = storedEventSchema.safeParse(parseJson(valueOf(fields, 'event')));
  if (!event.success || event.data.sessionId !== session.sessionId) return undefined;
  return { seq, prev, storedAtMs, event: event.data };
}

function valueOf(fields: readonly string[], name: string): string | undefined {
  for (let i = 0; i < fields.length; i += 2) if (fields[i] === name) return fields[i + 1];
  return undefined;
}

function wholeNumber(text: string | undefined): number | undefined {
  if (text === undefined || !/^\d+$/.test(text)) return undefined;
  const value = Number(text);
  return Number.isSafeInteger(value) ? value : undefined;
}

function parseJson(text: string | undefined): unknown {
  try {
    return JSON.parse(text ?? '');
  } catch {
    return undefined;
  }
}
