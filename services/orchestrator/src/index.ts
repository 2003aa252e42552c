export { createOrchestrator, type OrchestratorOptions, type RunningOrchestrator } from './create-orchestrator.js';
export type { OrchestratorPorts } from './ports.js';
export { orchestratorSettingsSchema, readOrchestratorSettings, type OrchestratorSettings } from './settings.js';
export type { EngineEvent, EngineOutcome, ResearchEngine, ResearchTask } from './engine/research-engine.js';
export { ScriptedEngine, scriptOfQuestion, type Script } from './engine/scripted-engine.js';
export { openCorpus, type CorpusOptions } from './corpus/open-corpus.js';
export type { Corpus, CorpusStats } from './corpus/corpus.js';
export { CorpusEngine, type CorpusEngineOptions } from './corpus-engine/corpus-engine.js';
export { openEngine } from './open-engine.js';
