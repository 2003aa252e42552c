import { describe, expect, it } from '@jest/globals';
import { z } from 'zod';
import { readJson } from './json-answer.js';

const schema = z.object({ a: z.string() });

describe('readJson', () => {
  it.each([
    ['alone', '{"a": "x"}'],
    ['in a fence', 'Sure!\n```json\n{"a": "x"}\n```\nDone.'],
    ['after something like it', 'With {braces} and {"b": 1} it is {"a": "x"} so.'],
    ['inside another object', '{"answer": {"a": "x"}}'],
    ['after an open brace', '{ oops {"a": "x"}'],
  ])('finds it %s', (_where, text) => {
    expect(readJson(text, schema)).toEqual({ a: 'x' });
  });

  it('knows strings', () => {
    expect(readJson('{"a": "} \\" {"}', schema)).toEqual({ a: '} " {' });
  });

  it.each(['', 'no', '{', '{"a": 1}', '{"a": "x"', '{a: x}'])('finds none in %j', (text) => {
    expect(readJson(text, schema)).toBeUndefined();
  });
});
