import { describe, expect, it } from '@jest/globals';
import { VanaError } from '@vana/events';
import { z } from 'zod';
import { count, flag, milliseconds, portNumber, readSettings, seconds } from './index.js';

const schema = z.object({
  PORT: portNumber(8080),
  TTL: seconds(300),
  LINGER: milliseconds(1000),
  AUTH: flag(true),
  QUEUE: count(1000),
  TOKEN_KEY: z.string().min(32),
  BUS_URL: z.url().optional(),
});
const TOKEN_KEY = 'k'.repeat(32);

function problemsOf(env: Record<string, string>): unknown {
  try {
    readSettings(schema, env);
  } catch (error) {
    expect(error).toBeInstanceOf(VanaError);
    expect((error as VanaError).code).toBe('settings_invalid');
    return (error as VanaError).details;
  }
  throw new Error('was accepted');
}

describe('readSettings', () => {
  it('gives defaults for what is not set', () => {
    expect(readSettings(schema, { TOKEN_KEY, HOME: '/root' })).toEqual({
      PORT: 8080,
      TTL: 300,
      LINGER: 1000,
      AUTH: true,
      QUEUE: 1000,
      TOKEN_KEY,
    });
  });

  it('reads text as numbers and booleans', () => {
    const env = {
      PORT: '0',
      TTL: '0.25',
      LINGER: ' 50 ',
      AUTH: 'Off',
      QUEUE: '7',
      TOKEN_KEY,
      BUS_URL: 'nats://h:4222',
    };
    expect(readSettings(schema, env)).toEqual({
      PORT: 0,
      TTL: 0.25,
      LINGER: 50,
      AUTH: false,
      QUEUE: 7,
      TOKEN_KEY,
      BUS_URL: 'nats://h:4222',
    });
  });

  it('takes a blank variable as not set', () => {
    expect(readSettings(schema, { TOKEN_KEY, PORT: '', AUTH: '  ', BUS_URL: '' })).toMatchObject({
      PORT: 8080,
      AUTH: true,
    });
  });

  it('reports every bad key together, by name and without the value', () => {
    const details = problemsOf({
      PORT: '99999',
      AUTH: 'perhaps',
      LINGER: '1e9',
      BUS_URL: 'no-url',
      TOKEN_KEY: 'hunter2',
    });
    expect(details).toEqual({
      keys: [
        { key: 'PORT', problem: 'must be a whole number from 0 to 65535' },
        { key: 'LINGER', problem: 'must be a whole number from 1 to 2147483647' },
        { key: 'AUTH', problem: 'must be true or false' },
        { key: 'TOKEN_KEY', problem: expect.stringContaining('32') },
        { key: 'BUS_URL', problem: 'Invalid URL' },
      ],
    });
    expect(JSON.stringify(details)).not.toMatch(/99999|perhaps|1e9|no-url|hunter2/);
  });

  it('says that a required key is missing', () => {
    expect(problemsOf({})).toEqual({ keys: [{ key: 'TOKEN_KEY', problem: 'is required' }] });
  });

  it('keeps the message of a rule over several keys', () => {
    const either = schema
      .partial()
      .refine((s) => s.TOKEN_KEY !== undefined, { error: 'set a key', path: ['TOKEN_KEY'] });
    expect(() => readSettings(either, {})).toThrow(
      expect.objectContaining({ details: { keys: [{ key: 'TOKEN_KEY', problem: 'set a key' }] } }),
    );
  });
});

describe('fields', () => {
  it.each(['-1', '65536', '8080.5', '0x50', '80 80', 'http'])('portNumber refuses %s', (text) => {
    expect(portNumber(1).safeParse(text).success).toBe(false);
  });

  it.each(['0', '-5', '1e3', '5s', 'Infinity', '2147484'])('seconds refuses %s', (text) => {
    expect(seconds(1).safeParse(text).success).toBe(false);
  });

  it('seconds takes ages longer than a timer only when told so', () => {
    expect(seconds(86_400, 315_360_000).parse('31536000')).toBe(31_536_000);
  });

  it('count and milliseconds start at one unless told otherwise', () => {
    expect(count(5).safeParse('0').success).toBe(false);
    expect(count(5, 0).parse('0')).toBe(0);
    expect(milliseconds(5).safeParse('0').success).toBe(false);
    expect(milliseconds(5, 0).parse('0')).toBe(0);
  });

  it.each([
    ['TRUE', true],
    ['yes', true],
    ['on', true],
    ['1', true],
    ['false', false],
    ['NO', false],
    ['0', false],
  ])('flag reads %s', (text, value) => {
    expect(flag(!value).parse(text)).toBe(value);
  });

  it.each(['constructor', '2', 'y'])('flag refuses %s', (text) => {
    expect(flag(true).safeParse(text).success).toBe(false);
  });
});
