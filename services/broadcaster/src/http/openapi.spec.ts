import { describe, expect, it } from '@jest/globals';
import { broadcasterDocument } from './openapi.js';

describe('broadcasterDocument', () => {
  it('describes each of the routes', () => {
    const paths = broadcasterDocument()['paths'] as Record<string, { get: { responses: object } }>;
    expect(Object.keys(paths)).toHaveLength(6);
    for (const { get } of Object.values(paths)) expect(get.responses).toHaveProperty('200');
  });
});
