import { beforeEach, describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@vana/events';
import { MeasuredNetwork } from './measured-network.js';

let network: MeasuredNetwork;
let nowMs: number;
beforeEach(() => {
  network = new MeasuredNetwork();
  nowMs = Date.UTC(2030, 0, 1);
});
function apply(type: string, agentId: string, more: Record<string, unknown> = {}, afterMs = 0): void {
  nowMs += afterMs;
  const event: StoredEvent = {
    ...{ schemaVersion: 1, type, channel: 'agents', sessionId: 's1', id: 'e', createdAt: '2030-01-01T00:00:00.000Z' },
    data: { agentId, ...more },
  };
  network.apply(event, nowMs);
}
const start = (agent: string, parentAgent?: string, action = 'work') =>
  apply('agent_start', agent, { action, ...(parentAgent === undefined ? {} : { parentAgent }) });
const end = (agent: string, more: Record<string, unknown> = {}, afterMs = 0) =>
  apply('agent_complete', agent, { success: true, hasOutput: true, ...more }, afterMs);

describe('MeasuredNetwork', () => {
  it('measures calls, times and success', () => {
    start('lead');
    start('searcher', 'lead', 'find it');
    end('searcher', { metrics: { toolsUsed: ['web', 7] } }, 2_000);
    start('searcher', 'lead');
    end('searcher', { success: false, executionTime: 4, hasOutput: false }, 1);
    const shot = network.snapshot();
    expect(shot.agents['searcher']).toMatchObject({
      ...{ invocation_count: 2, average_execution_time: 3, success_rate: 0.5, tools_used: ['web'], is_active: false },
    });
    expect(shot).toMatchObject({
      hierarchy: { lead: ['searcher'] },
      execution_stack: ['lead'],
      active_agents: ['lead'],
      data_dependencies: { lead: ['searcher'] },
    });
    expect(
      shot.relationships.map(({ source, target, type, interaction_count }) => [
        source,
        type,
        target,
        interaction_count,
      ]),
    ).toEqual([
      ['lead', 'parent_of', 'searcher', 1],
      ['lead', 'delegates_to', 'searcher', 2],
      ['lead', 'receives_from', 'searcher', 1],
    ]);
  });

  it('keeps sub-agents of two parents apart, also under one name', () => {
    start('a');
    start('helper', 'a');
    start('b');
    start('helper', 'b');
    end('helper', { parentAgent: 'a' }, 1_000);
    const shot = network.snapshot();
    expect(shot.hierarchy).toEqual({ a: ['helper'], b: ['b/helper'] });
    expect(shot.agents['helper']).toMatchObject({ is_active: false, average_execution_time: 1 });
    expect(shot.agents['b/helper']).toMatchObject({ is_active: true, invocation_count: 1 });
  });

  it('keeps the last ten of what flowed', () => {
    start('lead');
    for (let n = 0; n < 12; n++) {
      start('w', 'lead', `job ${n}`);
      end('w');
    }
    const link = network.snapshot().relationships.find(({ type }) => type === 'delegates_to')!;
    expect(link.data_flow).toEqual(Array.from({ length: 10 }, (_, n) => `job ${n + 2}`));
  });

  it('lets nobody be active after the run, and takes an end without a start for nothing', () => {
    end('ghost');
    start('lead');
    network.apply(
      {
        ...{ schemaVersion: 1, type: 'research_complete', channel: 'research', sessionId: 's1', id: 'e' },
        createdAt: '',
        data: {},
      },
      nowMs,
    );
    const shot = network.snapshot();
    expect(shot.active_agents).toEqual([]);
    expect(Object.keys(shot.agents)).toEqual(['lead']);
  });
});
