import { describe, expect, it } from '@jest/globals';
import { limitKey } from './limit-key.js';

describe('limitKey', () => {
  it('is the principal, and for nobody the address', () => {
    const ada = { id: 'ada', tenant: 'acme', scopes: [] };
    expect(limitKey(ada, '10.0.0.1')).toBe('acme.ada');
    const nobody = (id: string) => ({ id: `anonymous:${id}`, tenant: 'default', scopes: [], anonymous: true });
    expect(limitKey(nobody('a'), '10.0.0.1')).toBe('@10.0.0.1');
    expect(limitKey(nobody('b'), '10.0.0.1')).toBe('@10.0.0.1');
    expect(limitKey(nobody('b'), '10.0.0.2')).toBe('@10.0.0.2');
  });
});
