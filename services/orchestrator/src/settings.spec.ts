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
      LLM_CONTEXT_TOKENS: 32_000,
      LLM_CALLS_AT_ONCE: 8,
      LLM_SILENCE: 120,
      LLM_RUN_TOKENS: 200_000,
      LLM_RUN_TIME: 600,
      LLM_RUN_TOOL_CALLS: 40,
      RUNS_PER_POD: 4,
      RUNS_PER_PRINCIPAL: 8,
      RUN_ATTEMPTS: 3,
      RUN_QUEUE_LIMIT: 1_000,
      RUN_LEASE: 15_000,
      SHUTDOWN_GRACE: 5,
    });
  });

  it.each([
    [{}, 'RESEARCH_CORPUS'],
    [{ RESEARCH_ENGINE: 'scripted', NODE_ENV: 'production' }, 'RESEARCH_ENGINE'],
    [{ RESEARCH_CORPUS: '/docs', RUNS_PER_POD: '0' }, 'RUNS_PER_POD'],
    [{ RESEARCH_CORPUS: '/docs', RUN_LEASE: '5' }, 'RUN_LEASE'],
    [{ RESEARCH_ENGINE: 'llm', RESEARCH_CORPUS: '/docs' }, 'LLM_BASE_URL'],
    [{ LLM_BASE_URL: 'http://127.0.0.1/v1', RESEARCH_CORPUS: '/docs' }, 'LLM_MODEL'],
    [{ LLM_BASE_URL: 'http://127.0.0.1/v1', LLM_MODEL: 'm' }, 'RESEARCH_CORPUS'],
    [{ LLM_BASE_URL: 'ftp://127.0.0.1/v1', LLM_MODEL: 'm', RESEARCH_CORPUS: '/docs' }, 'LLM_BASE_URL'],
    [{ RESEARCH_CORPUS: '/docs', LLM_RUN_TOKENS: '10' }, 'LLM_RUN_TOKENS'],
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

  it.each([
    [{ LLM_BASE_URL: 'http://127.0.0.1/v1', LLM_MODEL: 'm', RESEARCH_CORPUS: '/docs' }, 'llm'],
    [{ LLM_BASE_URL: 'http://127.0.0.1/v1', LLM_MODEL: 'm', SEARXNG_URL: 'http://127.0.0.1:8888' }, 'llm'],
    [{ LLM_BASE_URL: 'http://127.0.0.1/v1', RESEARCH_ENGINE: 'corpus', RESEARCH_CORPUS: '/docs' }, 'corpus'],
  ])('%j asks for the %s engine', (env, engine) => {
    expect(readOrchestratorSettings(env).RESEARCH_ENGINE).toBe(engine);
  });
});
