import { randomUUID } from 'node:crypto';
import { describe, expect, it } from '@jest/globals';
import { isValidId } from '@vana/events';
import { newConnectionId, podOfConnection } from './index.js';

describe('connection ids', () => {
  it('name their pod, and are ids', () => {
    const podId = randomUUID();
    const id = newConnectionId(podId);
    expect(podOfConnection(id)).toBe(podId);
    expect(isValidId(id)).toBe(true);
    expect(newConnectionId(podId)).not.toBe(id);
  });

  it.each([
    '',
    'pod',
    'pod_',
    '_0123456789abcdef',
    'a.b_0123456789abcdef',
    'pod_0123456789ABCDEF',
    'pod_0123456789abcdef0',
  ])('are not %j', (text) => {
    expect(podOfConnection(text)).toBeUndefined();
  });
});
