// docs/api/events.schema.json: JSON Schema of every stored event and control block.
import { SCHEMA_VERSION } from '../stored-event.js';
import { eventSchemas, namedSchemas } from './schemas.js';
import type { Json } from './json.js';

const POINTER = '#/$defs/';

/** JSON Schema (draft 2020-12); the root describes a stored event of any type. */
export function eventsSchemaDocument(): Json {
  const events = eventSchemas(POINTER);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    $id: `urn:vana-stream:events:${SCHEMA_VERSION}`,
    title: 'Vana Stream events',
    description: 'A stored event of any type. Control blocks, which are never stored, are among the definitions.',
    oneOf: Object.keys(events).map((name) => ({ $ref: POINTER + name })),
    $defs: { ...namedSchemas(['shared', 'stored', 'eventData', 'controlBlocks'], POINTER), ...events },
  };
}
