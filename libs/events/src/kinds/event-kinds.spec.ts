import { describe, expect, it } from '@jest/globals';
import { EVENT_EXAMPLES } from '../api/examples.js';
import { EVENT_TYPES } from '../api/schemas.js';
import { CHANNELS, EVENT_KINDS, isKnownType, isOutsideType, type EventType } from '../index.js';

type Path = string;

/** The example with one field set to another value; `undefined` takes it out. */
function changed(type: EventType, path: Path, value: unknown): unknown {
  const copy = structuredClone(EVENT_EXAMPLES[type]) as Record<string, unknown>;
  const keys = path.split('.');
  const last = keys.pop()!;
  let target = copy;
  for (const key of keys) target = target[key] as Record<string, unknown>;
  if (value === undefined) delete target[last];
  else target[last] = value;
  return copy;
}

const OPTIONAL: readonly [EventType, Path][] = [
  ['agent_network_update', 'agents.0.current_task'],
  ['agent_network_update', 'agents.0.error'],
  ['agent_network_snapshot', 'agents.researcher.last_invocation'],
  ['agent_network_snapshot', 'relationships.0.last_interaction'],
  ['agent_start', 'parentAgent'],
  ['agent_progress', 'estimatedRemaining'],
  ['agent_substep', 'substep.details'],
  ['research_progress', 'partial_results'],
  ['research_sources', 'sources.0.heading'],
  ['research_sources', 'sources.0.line'],
  ['research_complete', 'reason'],
  ['error', 'runId'],
  ['message_chunk', 'agentId'],
  ['message_complete', 'agentId'],
  ['message_complete', 'offset'],
  ['feedback_submitted', 'reason'],
  ['session_updated', 'status'],
  ['session_updated', 'title'],
];

const WRONG: readonly [EventType, Path, unknown][] = [
  ['agent_network_update', 'agents', {}],
  ['agent_network_update', 'agents.0.status', 'done'],
  ['agent_network_update', 'agents.0.progress', 1.01],
  ['agent_network_update', 'agents.0.progress', -0.01],
  ['agent_network_update', 'agents.0.progress', '0.5'],
  ['agent_network_update', 'agents.0.agent_id', ''],
  ['agent_network_update', 'timestamp', 1_700_000_000],
  ['agent_network_update', 'timestamp', '2026-01-31T12:00:00+01:00'],
  ['agent_network_snapshot', 'agents.researcher.success_rate', 100],
  ['agent_network_snapshot', 'agents.researcher.invocation_count', 1.5],
  ['agent_network_snapshot', 'agents.researcher.is_active', 'yes'],
  ['agent_network_snapshot', 'relationships.0.type', 'likes'],
  ['agent_network_snapshot', 'relationships.0.data_flow', Array.from({ length: 11 }, () => 'x')],
  ['agent_network_snapshot', 'hierarchy', ['team_leader']],
  ['agent_network_snapshot', 'data_dependencies.report_writer', 'researcher'],
  ['agent_start', 'executionStack', 'team_leader'],
  ['agent_start', 'agentName', 'n'.repeat(513)],
  ['agent_complete', 'executionTime', -1],
  ['agent_complete', 'executionTime', Number.POSITIVE_INFINITY],
  ['agent_complete', 'success', 1],
  ['agent_complete', 'metrics.successRate', 1.5],
  ['agent_progress', 'progress', 101],
  ['agent_progress', 'progress', Number.NaN],
  ['agent_progress', 'currentStep', -1],
  ['agent_progress', 'totalSteps', 2.5],
  ['agent_substep', 'substep.status', 'completed'],
  ['agent_substep', 'allSubsteps', Array.from({ length: 11 }, () => ({ name: 'a', status: 'active' }))],
  ['thinking_update', 'status', 'done'],
  ['research_queued', 'ahead', -1],
  ['research_resumed', 'attempt', 0.5],
  ['research_started', 'query', ''],
  ['research_started', 'runId', 'r.7'],
  ['research_progress', 'overall_progress', 42],
  ['research_progress', 'agents.0.status', 'idle'],
  ['research_progress', 'partial_results.plan_generator.completed_at', 'today'],
  ['research_sources', 'sources.0.shortId', 'src-0'],
  ['research_sources', 'sources.0.shortId', '1'],
  ['research_sources', 'sources.0.line', 0],
  ['research_sources', 'sources.0.supportedClaims.0.confidence', 2],
  ['research_complete', 'status', 'running'],
  ['research_complete', 'final_report', null],
  ['error', 'category', 'oops'],
  ['error', 'retryable', 'true'],
  ['message_chunk', 'offset', -1],
  ['message_chunk', 'delta', null],
  ['message_complete', 'content', 7],
  ['message_regenerating', 'originalMessageId', ''],
  ['regeneration_progress', 'progress', 100.5],
  ['message_regenerated', 'taskId', 5],
  ['regeneration_error', 'error', { text: 'no' }],
  ['message_edited', 'previousContent', null],
  ['message_deleted', 'deletedCount', -2],
  ['message_deleted', 'deletedMessageIds', 'm1'],
  ['feedback_submitted', 'feedbackType', 'like'],
  ['thought_process_start', 'thinkingAbout', 1],
  ['thought_process_step', 'step', true],
  ['thought_process_complete', 'totalSteps', '3'],
  ['session_updated', 'title', 9],
];

/** Every key of the example that is not declared optional. */
const REQUIRED = EVENT_TYPES.flatMap((type) =>
  Object.keys(EVENT_EXAMPLES[type])
    .filter((key) => !OPTIONAL.some(([of, path]) => of === type && path === key))
    .map((key) => [type, key] as const),
);

describe('event kinds', () => {
  it.each(EVENT_TYPES)('%s takes its example and keeps unknown fields', (type) => {
    const data = { ...EVENT_EXAMPLES[type], added_later: { deep: [1] } };
    expect(EVENT_KINDS[type].data.parse(data)).toEqual(data);
    expect(CHANNELS).toContain(EVENT_KINDS[type].channel);
  });

  it.each(OPTIONAL)('%s works without %s, and with null for it', (type, path) => {
    expect(EVENT_KINDS[type].data.safeParse(changed(type, path, undefined)).success).toBe(true);
    expect(EVENT_KINDS[type].data.safeParse(changed(type, path, null)).success).toBe(true);
  });

  it.each(REQUIRED)('%s needs %s', (type, key) => {
    const parsed = EVENT_KINDS[type].data.safeParse(changed(type, key, undefined));
    expect(parsed.error?.issues.map((issue) => issue.path.join('.'))).toEqual([key]);
  });

  it.each(WRONG)('%s refuses %s = %j', (type, path, value) => {
    const parsed = EVENT_KINDS[type].data.safeParse(changed(type, path, value));
    expect(parsed.error?.issues[0]?.path.join('.')).toContain(path);
  });

  it('refuses something wrong of every kind', () => {
    expect(new Set(WRONG.map(([type]) => type))).toEqual(new Set(EVENT_TYPES));
  });
});

describe('event types', () => {
  it('knows its own names only', () => {
    expect(isKnownType('agent_start')).toBe(true);
    for (const name of ['constructor', '__proto__', 'toString', 'heartbeat', 'x.acme.start']) {
      expect(isKnownType(name)).toBe(false);
    }
  });

  it.each(['x.acme.started', 'x.a-b_c.Step-1'])('takes %s as an outside type', (name) => {
    expect(isOutsideType(name)).toBe(true);
  });

  it.each([
    'x.acme',
    'x..a',
    'x.acme.a.b',
    'y.acme.a',
    'x.acme.a b',
    'x.acme.a\n',
    `x.acme.${'a'.repeat(65)}`,
    'x.ä.a',
  ])('does not take %j as an outside type', (name) => {
    expect(isOutsideType(name)).toBe(false);
  });
});
