import { describe, expect, it } from '@jest/globals';
import { readOrchestratorSettings } from './settings.js';

describe('readOrchestratorSettings', () => {
  it('needs a corpus only', () => {
    expect(readOrchestratorSettings({ RESEARCH_CORPUS: '/docs' })).toEqual({
      HOST: '127.0.0.1',
      PORT: 8081,
      NATS_URL: 'nats://127.0.0.1:4222',
      LOG_LEVEL: 'info',
      NODE_ENV: 'development',
      RESEARCH_ENGINE: 'corpus',
      RESEARCH_CORPUS: '/docs',
      RUNS_PER_POD: 4,
      RUN_LEASE: 15_000,
      SHUTDOWN_GRACE: 5,
    });
  });

  it.each([
    [{}, 'RESEARCH_CORPUS'],
    [{ RESEARCH_ENGINE: 'scripted', NODE_ENV: 'production' }, 'RESEARCH_ENGINE'],
    [{ RESEARCH_CORPUS: '/docs', RUNS_PER_POD: '0' }, 'RUNS_PER_POD'],
    [{ RESEARCH_CORPUS: '/docs', RUN_LEASE: '5' }, 'RUN_LEASE'],
  ])('refuses %j, naming %s', (env, key) => {
    expect(() => readOrchestratorSettings(env)).toThrow(
      expect.objectContaining({
        code: 'settings_invalid',
        details: { keys: [expect.objectContaining({ key })] },
      }),
    );
  });

  it('takes the scripted engine outside production, without a corpus', () => {
    expect(readOrchestratorSettings({ RESEARCH_ENGINE: 'scripted', NODE_ENV: 'test' }).RESEARCH_ENGINE).toBe(
      'scripted',
    );
  });
});
