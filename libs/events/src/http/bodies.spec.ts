import { describe, expect, it } from '@jest/globals';
import {
  ERROR_CODES,
  VanaError,
  agentHistoryQuerySchema,
  createSessionBodySchema,
  errorBodySchema,
  parseBody,
  parseQuery,
  sessionListQuerySchema,
  type ErrorCode,
} from '../index.js';

describe('error bodies', () => {
  it.each(Object.keys(ERROR_CODES) as ErrorCode[])('%s makes a body of the documented form', (code) => {
    const body = new VanaError(code, { details: { fact: 1 } }).toBody();
    expect(errorBodySchema.parse(body)).toEqual(body);
    expect(VanaError.fromBody(body).toBody()).toEqual(body);
    expect(ERROR_CODES[code].status).toBeGreaterThanOrEqual(400);
  });

  it('takes an unknown code of another version as internal', () => {
    const body = new VanaError('internal').toBody();
    expect(VanaError.fromBody({ error: { ...body.error, code: 'from_next_version' as ErrorCode } }).code).toBe(
      'internal',
    );
  });
});

describe('limits', () => {
  it.each([
    [sessionListQuerySchema, 200],
    [agentHistoryQuerySchema, 500],
  ])('have a default and an end (%#)', (schema, most) => {
    expect(parseQuery(schema, {})).toEqual({ limit: 50 });
    expect(parseQuery(schema, { limit: '1' })).toEqual({ limit: 1 });
    expect(parseQuery(schema, { limit: String(most) })).toEqual({ limit: most });
    for (const limit of ['0', '-1', String(most + 1), '1.5', '', 'ten', ['1', '2']]) {
      expect(() => parseQuery(schema, { limit })).toThrow(expect.objectContaining({ code: 'invalid_query' }));
    }
  });
});

describe('createSessionBodySchema', () => {
  it.each([{}, { session_id: 's1' }, { title: '' }, { session_id: 'a-b_C', title: 'My session' }])(
    'takes %j',
    (body) => {
      expect(parseBody(createSessionBodySchema, { ...body, other: 1 })).toEqual(body);
    },
  );

  it.each([{ session_id: 'a.b' }, { session_id: '' }, { title: 'x'.repeat(201) }, { title: 5 }, []])(
    'refuses %j',
    (body) => {
      expect(() => parseBody(createSessionBodySchema, body)).toThrow(expect.objectContaining({ code: 'invalid_body' }));
    },
  );
});
