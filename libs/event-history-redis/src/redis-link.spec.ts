import { describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { connectRedis } from './redis-link.js';

describe('connectRedis', () => {
  it.each(['', 'localhost:6379', 'http://user:secret@host', '6379'])(
    'refuses %j and does not repeat it',
    async (url) => {
      const refusal = await connectRedis(url).catch((error: unknown) => error);
      expect(refusal).toBeInstanceOf(VanaError);
      expect((refusal as VanaError).code).toBe('settings_invalid');
      expect(JSON.stringify((refusal as VanaError).toBody())).not.toContain('secret');
    },
  );
});
