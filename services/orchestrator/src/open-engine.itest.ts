// The engine that the settings ask for does its work.
import { afterEach, describe, expect, it } from '@jest/globals';
import { startLlmServer, type LlmServer } from '@vana/test-kit';
import { LAMP_FILES, smallCorpus, type SmallCorpus } from './corpus-engine/spec/small-corpus.js';
import { openEngine } from './open-engine.js';
import { readOrchestratorSettings } from './settings.js';
import { scriptedModel } from './spec/llm/scripted-model.js';

describe('openEngine', () => {
  let small: SmallCorpus | undefined;
  let server: LlmServer | undefined;
  afterEach(async () => {
    await server?.close();
    await small?.remove();
  });

  it.each(['auto', 'corpus'])('with a model and a corpus, asked for %s', async (engine) => {
    small = await smallCorpus(LAMP_FILES);
    server = await startLlmServer(scriptedModel());
    const env = { LLM_BASE_URL: server.url, LLM_MODEL: 'm', RESEARCH_CORPUS: small.dir, RESEARCH_ENGINE: engine };
    const opened = await openEngine(readOrchestratorSettings(env));
    const task = { runId: 'run-1', sessionId: 's', query: 'How do I dim a light?' };
    const { status, finalReport } = await opened.run(task, async () => undefined, new AbortController().signal);
    expect(status).toBe('completed');
    expect(finalReport).toContain('[src-1]');
    const tools = server.requests.flatMap((request) => request.tools);
    expect(new Set(tools)).toEqual(new Set(engine === 'auto' ? ['search_documents'] : []));
    expect(server.requests.every(({ authorization }) => authorization === undefined)).toBe(true);
  });
});
