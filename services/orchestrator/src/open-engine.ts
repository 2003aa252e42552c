// The research engine that the settings ask for.
import { systemClock } from '@vana/observability';
import type { Corpus } from './corpus/corpus.js';
import { openCorpus } from './corpus/open-corpus.js';
import { CorpusEngine } from './corpus-engine/corpus-engine.js';
import type { ResearchEngine } from './engine/research-engine.js';
import { ScriptedEngine, scriptOfQuestion } from './engine/scripted-engine.js';
import { LlmEngine } from './llm-engine/llm-engine.js';
import { ModelCaller } from './llm-engine/model/model-caller.js';
import { openModel } from './llm-engine/open-model.js';
import type { OrchestratorSettings } from './settings.js';
import { readPage } from './tools/read-page.js';
import type { ResearchTool } from './tools/research-tool.js';
import { searchDocuments } from './tools/search-documents.js';
import { searchWeb } from './tools/search-web.js';
import { PageFetcher } from './tools/web/fetch-page.js';

/**
 * @param ready a corpus that is open already; otherwise the one of the settings is read
 * @throws VanaError corpus_missing | corpus_empty
 */
export async function openEngine(settings: OrchestratorSettings, ready?: Corpus): Promise<ResearchEngine> {
  if (settings.RESEARCH_ENGINE === 'scripted') return new ScriptedEngine(scriptOfQuestion);
  const corpus = ready ?? (await corpusOf(settings));
  if (settings.RESEARCH_ENGINE === 'llm') return llmEngine(settings, corpus);
  return new CorpusEngine(corpus!, { clock: systemClock });
}

async function corpusOf({
  RESEARCH_CORPUS: dir,
  RESEARCH_CORPUS_NAMES: names,
}: OrchestratorSettings): Promise<Corpus | undefined> {
  return dir === undefined ? undefined : openCorpus({ dir, ...(names === undefined ? {} : { names }) });
}

function llmEngine(settings: OrchestratorSettings, corpus: Corpus | undefined): LlmEngine {
  const { LLM_BASE_URL: baseUrl = '', LLM_MODEL: name = '', LLM_API_KEY: apiKey } = settings;
  const clock = systemClock;
  const caller = new ModelCaller({
    model: openModel({ baseUrl, model: name, ...(apiKey === undefined ? {} : { apiKey }) }),
    clock,
    contextTokens: settings.LLM_CONTEXT_TOKENS,
    callsAtOnce: settings.LLM_CALLS_AT_ONCE,
    silenceMs: settings.LLM_SILENCE * 1000,
  });
  const budget = {
    tokens: settings.LLM_RUN_TOKENS,
    timeMs: settings.LLM_RUN_TIME * 1000,
    toolCalls: settings.LLM_RUN_TOOL_CALLS,
  };
  return new LlmEngine({ clock, caller, budget, tools: toolsOf(settings, corpus) });
}

function toolsOf({ SEARXNG_URL: searxng }: OrchestratorSettings, corpus: Corpus | undefined): ResearchTool[] {
  const tools: ResearchTool[] = corpus === undefined ? [] : [searchDocuments(corpus)];
  if (searxng === undefined) return tools;
  return [...tools, searchWeb(searxng, systemClock), readPage(new PageFetcher(systemClock), systemClock)];
}
