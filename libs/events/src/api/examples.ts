// One real-looking example of the data of each event type and control block: shown in the generated
// documents and used by the specs.
import type { z } from 'zod';
import type { ControlBlockType, controlBlockSchemas } from '../control-blocks.js';
import type { EventData, EventType } from '../registry.js';

const timestamp = '2026-01-31T12:00:00.000Z';
const researcher = {
  agent_id: 'researcher-1',
  agent_type: 'researcher',
  name: 'Researcher 1',
  status: 'current',
  progress: 0.5,
  current_task: 'Reading about cache eviction',
  error: null,
} as const;
const message = { messageId: 'm1' };
const task = { messageId: 'm1', taskId: 't1' };

export const EVENT_EXAMPLES: { readonly [T in EventType]: EventData<T> } = {
  agent_network_update: { agents: [researcher], timestamp },
  agent_network_snapshot: {
    timestamp,
    agents: {
      researcher: {
        invocation_count: 3,
        average_execution_time: 1.25,
        success_rate: 1,
        tools_used: ['corpus_search'],
        last_invocation: timestamp,
        is_active: true,
      },
    },
    relationships: [
      {
        source: 'team_leader',
        target: 'researcher',
        type: 'delegates_to',
        interaction_count: 3,
        data_flow: ['sub-question'],
        last_interaction: timestamp,
      },
    ],
    hierarchy: { team_leader: ['researcher'] },
    execution_stack: ['team_leader', 'researcher'],
    active_agents: ['researcher'],
    data_dependencies: { report_writer: ['researcher'] },
  },
  agent_start: {
    agentId: 'researcher-1',
    agentName: 'Researcher 1',
    agentType: 'researcher',
    action: 'Researching section 1',
    status: 'active',
    executionStack: ['team_leader', 'researcher'],
    activeAgents: ['researcher'],
    parentAgent: 'team_leader',
  },
  agent_complete: {
    agentId: 'researcher-1',
    agentName: 'Researcher 1',
    status: 'complete',
    executionTime: 1.3,
    success: true,
    hasOutput: true,
    stateChanges: ['section_1'],
    activeAgents: [],
    metrics: { invocationCount: 3, averageExecutionTime: 1.25, successRate: 1, toolsUsed: ['corpus_search'] },
  },
  agent_progress: {
    agentName: 'Researcher 1',
    progress: 40,
    currentStep: 2,
    totalSteps: 5,
    stepName: 'Retrieve passages',
    message: '14 of 35 passages judged',
    elapsedTime: 0.8,
    estimatedRemaining: 1.2,
  },
  agent_substep: {
    agentName: 'Researcher 1',
    currentStep: 2,
    substep: { name: 'Rank passages', status: 'active', details: '35 candidates' },
    allSubsteps: [
      { name: 'Search', status: 'complete' },
      { name: 'Rank passages', status: 'active', details: '35 candidates' },
    ],
  },
  thinking_update: { stepId: 'th1', agentName: 'Evaluator', action: 'Comparing sources', status: 'active' },
  research_queued: { runId: 'r7', position: 3, ahead: 2 },
  research_started: { runId: 'r7', query: 'How do caches evict entries?' },
  research_resumed: { runId: 'r7', attempt: 2 },
  research_progress: {
    runId: 'r7',
    status: 'running',
    overall_progress: 0.42,
    current_phase: 'Research',
    agents: [researcher],
    partial_results: { plan_generator: { content: '4 sub-questions', completed_at: timestamp } },
  },
  research_sources: {
    sources: [
      {
        shortId: 'src-1',
        title: 'lru-cache',
        url: 'corpus:lru-cache/README.md#L12',
        domain: 'corpus',
        heading: 'Usage',
        line: 12,
        supportedClaims: [{ textSegment: 'The least recently used entry is evicted.', confidence: 0.9 }],
      },
    ],
    totalSources: 1,
  },
  research_complete: {
    runId: 'r7',
    status: 'completed',
    final_report: '# Caches\n\nThe least recently used entry is evicted [src-1].',
  },
  error: {
    runId: 'r7',
    code: 'engine_failed',
    category: 'internal',
    message: 'The research engine failed.',
    retryable: true,
  },
  message_chunk: { ...message, agentId: 'report_writer', offset: 128, delta: 'The least recently ' },
  message_complete: { ...message, agentId: 'report_writer', content: 'The least recently used entry is evicted.' },
  message_regenerating: { ...task, originalMessageId: 'm0', userQuery: 'How do caches evict entries?' },
  regeneration_progress: { ...task, progress: 60, partialContent: 'The least' },
  message_regenerated: { ...task, content: 'The entry used longest ago is evicted.' },
  regeneration_error: { ...task, error: 'The research engine failed.' },
  message_edited: { ...message, content: 'New text', previousContent: 'Old text' },
  message_deleted: { ...message, deletedCount: 2, deletedMessageIds: ['m1', 'm2'] },
  feedback_submitted: { ...message, feedbackId: 'f1', feedbackType: 'upvote', reason: 'Good sources' },
  thought_process_start: { ...task, thinkingAbout: 'Which caches are meant' },
  thought_process_step: { ...task, step: 1, reasoning: 'The question names no level, so all are meant.' },
  thought_process_complete: { ...task, conclusion: 'Compare three kinds', totalSteps: 3 },
  session_updated: { status: 'active', title: 'Cache eviction' },
};

export const CONTROL_BLOCK_EXAMPLES: { readonly [T in ControlBlockType]: z.infer<(typeof controlBlockSchemas)[T]> } = {
  agent_network_connection: {
    status: 'connected',
    sessionId: 's1',
    connectionId: 'c1',
    authenticated: true,
    resume: {
      verdict: 'partial',
      from: 'k3f9-541',
      head: 'k3f9-1041',
      omitted: { from: 'k3f9-0', to: 'k3f9-541' },
    },
    timestamp,
  },
  heartbeat: { timestamp },
  gap: { from: 'k3f9-10', to: 'k3f9-20', reason: 'retention' },
  caught_up: { timestamp },
  delivery: { mode: 'adaptive' },
  closing: { reason: 'drain', reconnect: true },
  end: { reason: 'deleted' },
  error: {
    code: 'internal',
    category: 'stream',
    message: 'An unexpected error occurred.',
    retryable: true,
  },
};
