import { describe, expect, it } from '@jest/globals';
import { VanaError, parseStartRun } from '../index.js';

function refusal(body: unknown): VanaError {
  try {
    parseStartRun(body);
  } catch (error) {
    if (error instanceof VanaError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('parseStartRun', () => {
  it.each([
    [{ query: 'why?' }, { query: 'why?', onActive: 'refuse' }],
    [{ message: ' why? \n' }, { query: 'why?', onActive: 'refuse' }],
    [
      { query: 'why?', on_active: 'cancel', user: 'x' },
      { query: 'why?', onActive: 'cancel' },
    ],
    [{ query: '🚀'.repeat(10_000) }, { query: '🚀'.repeat(10_000), onActive: 'refuse' }],
    [{ query: `  ${'a'.repeat(10_000)}  ` }, { query: 'a'.repeat(10_000), onActive: 'refuse' }],
  ])('takes case %#', (body, request) => {
    expect(parseStartRun(body)).toEqual(request);
  });

  it.each([[{ query: '' }], [{ message: ' \n\t ' }]])('calls %j empty', (body) => {
    expect(refusal(body).code).toBe('question_empty');
  });

  it('calls 10,001 characters too long, and says so in numbers only', () => {
    expect(refusal({ query: 'a'.repeat(10_001) })).toMatchObject({
      code: 'question_too_long',
      details: { characters: 10_001, limit: 10_000 },
    });
    expect(refusal({ message: '🚀'.repeat(10_001) }).code).toBe('question_too_long');
  });

  it.each<[unknown, string]>([
    [{}, 'query'],
    [{ query: 7 }, 'query'],
    [{ query: null }, 'query'],
    [{ query: 'a', message: 'b' }, 'message'],
    [{ query: 'a', message: 5 }, 'message'],
    [{ query: 'a', on_active: 'queue' }, 'on_active'],
    [[], ''],
    ['why?', ''],
    [null, ''],
    [undefined, ''],
  ])('refuses %j, naming %j', (body, field) => {
    const error = refusal(body);
    expect(error.code).toBe('invalid_body');
    expect(error.details).toMatchObject({ fields: [{ field }] });
  });
});
