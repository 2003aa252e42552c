import { describe, expect, it } from '@jest/globals';
import { readOptions, SAMPLE_QUESTION } from './options.js';

describe('readOptions', () => {
  it('asks the sample question on the usual ports and stays up', () => {
    expect(readOptions([])).toEqual({
      question: SAMPLE_QUESTION,
      corpus: undefined,
      port: 8080,
      exit: false,
      json: false,
    });
  });

  it('takes everything from the command line', () => {
    expect(readOptions(['--question', 'Why?', '--corpus', 'docs', '--port', '0', '--exit'])).toEqual({
      question: 'Why?',
      corpus: 'docs',
      port: 0,
      exit: true,
      json: false,
    });
  });

  it('asks nothing by itself when a program reads along', () => {
    expect(readOptions(['--json'])).toMatchObject({ json: true, question: undefined });
    expect(readOptions(['--json', '--question', 'Why?'])).toMatchObject({ question: 'Why?' });
  });

  it.each([
    [['--port', 'many'], '--port'],
    [['--port', '65533'], '--port'],
    [['--port', ''], '--port'],
    [['--question', '  '], '--question'],
    [['--colour'], 'command line'],
    [['stray'], 'command line'],
  ])('refuses %j and names what is wrong', (args, key) => {
    expect(() => readOptions(args)).toThrow(
      expect.objectContaining({
        code: 'settings_invalid',
        details: { keys: [expect.objectContaining({ key })] },
      }),
    );
  });

  it('knows when somebody asks for help', () => {
    expect(readOptions(['--help'])).toBe('help');
  });
});
