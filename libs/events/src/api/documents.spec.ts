import { describe, expect, it } from '@jest/globals';
import asyncApiSpecs from '@asyncapi/specs';
import { Validator } from '@seriousme/openapi-schema-validator';
import { Ajv, type AnySchema } from 'ajv';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import {
  COMMANDS,
  EVENT_KINDS,
  asyncApiDocument,
  controlBlockSchemas,
  eventSubject,
  eventsSchemaDocument,
  openApiDocument,
} from '../index.js';
import { CONTROL_BLOCK_EXAMPLES, EVENT_EXAMPLES } from './examples.js';
import { HTTP_ROUTES } from './http-routes.js';
import type { Json } from './json.js';
import { EVENT_TYPES, dataName, pascalCase } from './schemas.js';

const withFormats = <T extends Ajv>(ajv: T): T => {
  addFormats.default(ajv);
  return ajv;
};

/** Every `$ref` in the document. */
function refsOf(value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([key, part]: [string, unknown]) =>
    key === '$ref' && typeof part === 'string' ? [part] : refsOf(part),
  );
}

function at(document: Json, pointer: string): unknown {
  return pointer
    .replace(/^#\//, '')
    .split('/')
    .reduce<unknown>((value, key) => (value as Json | undefined)?.[key.replaceAll('~1', '/')], document);
}

describe.each([
  ['events.schema.json', eventsSchemaDocument],
  ['openapi.json', openApiDocument],
  ['asyncapi.json', asyncApiDocument],
])('%s', (_name, build) => {
  it('has an answer to every reference, and nothing of one machine', () => {
    const document = build();
    const refs = new Set(refsOf(document));
    expect(refs.size).toBeGreaterThan(10);
    expect([...refs].filter((pointer) => at(document, pointer) === undefined)).toEqual([]);
    expect(JSON.stringify(document)).not.toMatch(/localhost|127\.0\.0\.1/);
  });

  it('is the same at every call, and a copy', () => {
    const first = build();
    expect(build()).toEqual(first);
    expect(build()).not.toBe(first);
  });
});

describe('events.schema.json', () => {
  const document = eventsSchemaDocument();
  const ajv = withFormats(new Ajv2020({ strict: true, strictTypes: false, allErrors: true }));
  const validate = ajv.compile(document as AnySchema);
  const envelope = { schemaVersion: 1, sessionId: 's1', id: 'n1', createdAt: '2026-01-31T12:00:00.000Z' };
  const event = (type: string, channel: string, data: unknown) => ({ ...envelope, type, channel, data });

  it.each(EVENT_TYPES)('takes %s as the schema in code does', (type) => {
    const { channel } = EVENT_KINDS[type];
    expect(validate(event(type, channel, EVENT_EXAMPLES[type]))).toBe(true);
    expect(validate(event(type, channel === 'chat' ? 'agents' : 'chat', EVENT_EXAMPLES[type]))).toBe(false);
  });

  it.each(EVENT_TYPES.filter((type) => type !== 'session_updated'))('refuses %s without its data', (type) => {
    expect(validate(event(type, EVENT_KINDS[type].channel, {}))).toBe(false);
  });

  it('knows outside types and no others', () => {
    expect(validate(event('x.acme.step', 'agents', { free: true }))).toBe(true);
    expect(validate(event('x.acme', 'agents', {}))).toBe(false);
    expect(validate(event('heartbeat', 'agents', {}))).toBe(false);
  });

  it('describes every control block', () => {
    for (const [type, example] of Object.entries(CONTROL_BLOCK_EXAMPLES)) {
      const check = ajv.compile({ $ref: `${String(document['$id'])}#/$defs/${pascalCase(type)}Block` });
      expect([type, check(example)]).toEqual([type, true]);
      expect([type, check({ ...example, timestamp: 5, reason: 5, mode: 5, code: 5 })]).toEqual([type, false]);
    }
    expect(Object.keys(CONTROL_BLOCK_EXAMPLES).sort()).toEqual(Object.keys(controlBlockSchemas).sort());
  });
});

describe('openapi.json', () => {
  const document = openApiDocument();

  it('is valid OpenAPI 3.1', async () => {
    const result = await new Validator().validate(structuredClone(document));
    expect(result.errors ?? []).toEqual([]);
    expect(result.valid).toBe(true);
  });

  it('is found wrong by that validator when it is', async () => {
    const broken = { ...structuredClone(document), paths: { '/x': { get: { responses: { ok: {} } } } } };
    expect((await new Validator().validate(broken)).valid).toBe(false);
  });

  it('has every route with its path parameters, its token and one operation id', () => {
    const ids = HTTP_ROUTES.map((route) => route.operationId);
    expect(new Set(ids).size).toBe(ids.length);
    for (const route of HTTP_ROUTES) {
      const operation = at(document, `paths/${route.path.replaceAll('/', '~1')}/${route.method}`) as Json;
      expect(operation['operationId']).toBe(route.operationId);
      expect(operation['security']).toEqual(route.scope === undefined ? [] : [{ bearer: [route.scope] }]);
      const inPath = [...route.path.matchAll(/\{(\w+)\}/g)].map((match) => match[1]);
      expect(route.parameters).toEqual(expect.arrayContaining(inPath));
      expect('401' in (operation['responses'] as Json)).toBe(route.scope !== undefined);
    }
  });

  it('names each event type and its data', () => {
    const tags = JSON.stringify(document['tags']);
    for (const type of EVENT_TYPES) expect(tags).toContain(`${type} (${dataName(type)})`);
  });
});

describe('asyncapi.json', () => {
  const document = asyncApiDocument();
  const ajv = withFormats(new Ajv({ strict: false, allErrors: true }));
  const validate = ajv.compile(asyncApiSpecs.schemasWithoutId['3.0.0'] as AnySchema);

  it('is valid AsyncAPI 3.0', () => {
    expect(validate(document) === true ? [] : validate.errors).toEqual([]);
  });

  it('is found wrong by that schema when it is', () => {
    expect(validate({ ...document, operations: { publishEvent: { action: 'publish' } } })).toBe(false);
  });

  it('has the subjects that the code uses', () => {
    const addresses = Object.values(document['channels'] as Record<string, Json>).map((channel) => channel['address']);
    expect(addresses).toContain(eventSubject({ tenant: '{tenant}', sessionId: '{session}' }));
    for (const { subject } of Object.values(COMMANDS)) expect(addresses).toContain(subject);
  });
});
