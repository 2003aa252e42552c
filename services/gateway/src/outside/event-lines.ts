// The body of POST /api/events: one event as JSON, or one per line.
import { MAX_BATCH_EVENTS, VanaError } from '@vana/events';
import type { FastifyInstance } from 'fastify';

const NDJSON = 'application/x-ndjson';

/** What the parser leaves of an NDJSON body. */
class EventLines {
  constructor(readonly events: readonly unknown[]) {}
}

/** Teaches the server NDJSON; other routes refuse it as a body of another shape. */
export function acceptEventLines(server: FastifyInstance): void {
  server.addContentTypeParser(NDJSON, { parseAs: 'string' }, (_request, body, done) => {
    try {
      done(null, new EventLines(readLines(String(body))));
    } catch (error) {
      done(error as Error);
    }
  });
}

/** @throws VanaError invalid_body for no event or too many */
export function eventsOf(body: unknown): readonly unknown[] {
  const events = body instanceof EventLines ? body.events : [body];
  if (events.length === 0 || events.length > MAX_BATCH_EVENTS) {
    throw new VanaError('invalid_body', { details: { events: events.length, limit: MAX_BATCH_EVENTS } });
  }
  return events;
}

/** Blank lines count, so that the number is that of the file. @throws VanaError bad_json (details.line) */
function readLines(text: string): unknown[] {
  return text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    try {
      return [JSON.parse(line) as unknown];
    } catch {
      throw new VanaError('bad_json', { details: { line: index + 1 } });
    }
  });
}
