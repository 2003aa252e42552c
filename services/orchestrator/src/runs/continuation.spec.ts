import { describe, expect, it } from '@jest/globals';
import type { StoredEvent } from '@vana/events';
import type { EngineEvent } from '../engine/research-engine.js';
import { Continuation } from './continuation.js';

const event = (type: string, agentId: string | undefined, data: Record<string, unknown>): EngineEvent => ({
  type,
  channel: 'agents',
  ...(agentId === undefined ? {} : { agentId }),
  data,
});
const thought = (agentId: string, step: number): EngineEvent => event('thinking_update', agentId, { step });
const chunk = (messageId: string, offset: number, delta: string): EngineEvent =>
  event('message_chunk', 'writer', { messageId, offset, delta });
const stored = (events: readonly EngineEvent[]): StoredEvent[] =>
  events.map((each, n) => ({
    ...{ schemaVersion: 1, sessionId: 's1', runId: 'r1', id: `r1:${n + 1}`, createdAt: '2030-01-01T00:00:00.000Z' },
    ...each,
  }));
const STARTED = event('research_started', undefined, { runId: 'r1', query: 'q' });

describe('Continuation', () => {
  it('of nothing lets everything pass', () => {
    const none = new Continuation('r1', []);
    expect(none).toMatchObject({ lastNumber: 0, started: false, end: undefined });
    expect(none.fresh(thought('a', 1))).toEqual(thought('a', 1));
    const update = event('agent_network_update', undefined, {});
    expect(none.fresh(update)).toBe(update);
  });

  it('knows the last number, the start and the end', () => {
    const events = stored([STARTED, thought('a', 1), event('research_complete', undefined, { status: 'partial' })]);
    const resumed = { ...events[1]!, type: 'research_resumed', id: 'r1:resumed-9' };
    const foreign = { ...events[1]!, id: 'r10:77' };
    expect(new Continuation('r1', [...events, resumed, foreign])).toMatchObject({
      ...{ lastNumber: 3, started: true, end: 'partial' },
    });
  });

  it('passes over as many events of each agent and type as are stored, whatever their order among agents', () => {
    const known = new Continuation('r1', stored([STARTED, thought('a', 1), thought('b', 1), thought('a', 2)]));
    const told = [thought('b', 1), thought('b', 2), thought('a', 1), thought('a', 2), thought('a', 3)];
    expect(told.map((each) => known.fresh(each))).toEqual([undefined, told[1], undefined, undefined, told[4]]);
    const other = event('agent_start', 'a', {});
    expect(known.fresh(other)).toBe(other);
  });

  it('goes on within a chunk, however the text is cut now', () => {
    const known = new Continuation('r1', stored([STARTED, chunk('m', 0, 'abc'), chunk('m', 3, 'de')]));
    expect(known.fresh(chunk('m', 0, 'ab'))).toBeUndefined();
    expect(known.fresh(chunk('m', 2, 'cde'))).toBeUndefined();
    expect(known.fresh(chunk('m', 4, 'efg'))).toEqual(chunk('m', 5, 'fg'));
    expect(known.fresh(chunk('m', 7, 'h'))).toEqual(chunk('m', 7, 'h'));
    expect(known.fresh(chunk('n', 0, 'x'))).toEqual(chunk('n', 0, 'x'));
  });

  it('leaves out states of the network until something new is told', () => {
    const update = event('agent_network_update', undefined, {});
    const known = new Continuation('r1', stored([STARTED, thought('a', 1), update]));
    expect(known.fresh(update)).toBeUndefined();
    expect(known.fresh(thought('a', 1))).toBeUndefined();
    expect(known.fresh(update)).toBeUndefined();
    known.fresh(thought('a', 2));
    expect(known.fresh(update)).toBe(update);
  });
});
