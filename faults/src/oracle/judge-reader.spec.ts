import { describe, expect, it } from '@jest/globals';
import type { Block } from '../clients/sse-target.js';
import { judgeReader, type Allowed, type SessionTruth } from './judge-reader.js';
import { Findings } from './verdicts.js';
import type { WireEvent } from './wire.js';

const EPOCH = 'e1';

function wire(seq: number, type: string, channel: string, payload: Record<string, unknown>): WireEvent {
  return { seq, type, channel, payload, data: JSON.stringify(payload), runId: 'r', agentId: undefined };
}

/** Sequences 2, 4, … 20: every other one belongs to another session. */
const EVENTS = [
  wire(2, 'x.faults.note', 'chat', { n: 1 }),
  wire(4, 'message_chunk', 'chat', { messageId: 'm', offset: 0, delta: 'ab' }),
  wire(6, 'message_chunk', 'chat', { messageId: 'm', offset: 2, delta: 'cd' }),
  wire(8, 'message_chunk', 'chat', { messageId: 'o', offset: 0, delta: 'x' }),
  wire(10, 'agent_progress', 'agents', { progress: 1 }),
  wire(12, 'agent_progress', 'agents', { progress: 2 }),
  wire(14, 'agent_progress', 'agents', { progress: 3 }),
  wire(16, 'x.faults.note', 'research', { n: 8 }),
  wire(18, 'x.faults.note', 'chat', { n: 9 }),
  wire(20, 'x.faults.note', 'chat', { n: 10 }),
];
const TRUTH: SessionTruth = { epoch: EPOCH, events: EVENTS, dropped: new Set(), unreadable: new Set() };
const ALL = ['agents', 'research', 'chat'];

const block = (type: string, seq: number, data: object = {}, epoch = EPOCH): Block => ({
  type,
  id: `${epoch}-${seq}`,
  data: JSON.stringify(data),
  atMs: 0,
});
const event = (seq: number): Block => {
  const { type, data } = EVENTS.find((one) => one.seq === seq)!;
  return { type, id: `${EPOCH}-${seq}`, data, atMs: 0 };
};
const events = (...seqs: number[]): Block[] => seqs.map(event);
const verdict = (from: number, kind = 'fresh', more: object = {}, epoch = EPOCH): Block =>
  block('agent_network_connection', from, { resume: { verdict: kind, from: `${epoch}-${from}`, ...more } }, epoch);
const range = (from: number, to: number): object => ({ from: `${EPOCH}-${from}`, to: `${EPOCH}-${to}` });
const GOOD = [verdict(0), ...events(2, 4, 6, 8, 10, 12, 14, 16, 18, 20)];

interface Case {
  readonly channels?: readonly string[];
  readonly truth?: Partial<SessionTruth>;
  readonly lives?: readonly SessionTruth[];
  readonly allowed?: Allowed;
}

function judge(blocks: readonly Block[], { channels = ALL, truth = {}, lives, allowed = {} }: Case = {}): object {
  const findings = new Findings();
  judgeReader({ name: 'reader', channels, blocks }, lives ?? [{ ...TRUTH, ...truth }], allowed, findings);
  return Object.fromEntries(findings.counts);
}

describe('judgeReader', () => {
  it('finds nothing in a record that is right', () => {
    expect(judge(GOOD)).toEqual({});
    expect(
      judge([verdict(8), block('caught_up', 8), ...events(10, 12, 14, 16, 18), block('heartbeat', 19), event(20)]),
    ).toEqual({});
    expect(judge([...GOOD.slice(0, 4), block('closing', 6), verdict(6, 'resumed'), ...GOOD.slice(4)])).toEqual({});
    const channels = ['research'];
    expect(judge([verdict(0), block('heartbeat', 9), event(16), block('heartbeat', 20)], { channels })).toEqual({});
  });

  it.each(EVENTS.map(({ seq }) => seq))('misses event %i', (seq) => {
    expect(judge(GOOD.filter(({ id }) => id !== `${EPOCH}-${seq}`))).toEqual({ lost: 1 });
  });

  it('sees what comes twice, too late, or from elsewhere', () => {
    expect(judge([...GOOD, event(20)])).toEqual({ duplicated: 1 });
    expect(judge([...GOOD.slice(0, 5), verdict(4, 'resumed'), ...GOOD.slice(3)])).toMatchObject({
      bad_position: 1,
      duplicated: 2,
    });
    expect(judge([verdict(0), ...events(2, 6, 4, 8, 10, 12, 14, 16, 18, 20)])).toEqual({ lost: 1, out_of_order: 1 });
    expect(judge([...GOOD.slice(0, 2), block('x.faults.note', 3, { n: 1 }), ...GOOD.slice(2)])).toEqual({ foreign: 1 });
    expect(judge([verdict(0), ...events(2)], { channels: ['agents'] })).toMatchObject({ foreign: 1 });
    expect(judge([...GOOD, { type: 'x.faults.note', id: undefined, data: '{}', atMs: 0 }])).toEqual({ foreign: 1 });
  });

  it('sees other bytes', () => {
    const other = GOOD.map((one) => (one.id === `${EPOCH}-16` ? { ...one, data: '{"n": 8}' } : one));
    expect(judge(other)).toEqual({ altered: 1 });
    const renamed = GOOD.map((one) => (one.id === `${EPOCH}-16` ? { ...one, type: 'message' } : one));
    expect(judge(renamed)).toEqual({ altered: 1 });
  });

  it('does not let a control block pass over an event or go back', () => {
    expect(judge([verdict(0), event(2), block('heartbeat', 4), ...GOOD.slice(3)])).toEqual({ lost: 1 });
    expect(judge([...GOOD, block('heartbeat', 12)])).toEqual({ bad_position: 1 });
    expect(judge([verdict(0), event(2), verdict(6, 'resumed'), ...GOOD.slice(4)])).toEqual({ lost: 2 });
  });

  it('takes a gap over what retention has dropped, and only over that', () => {
    const gap = [verdict(0), event(2), block('gap', 8, range(2, 8)), ...GOOD.slice(5)];
    expect(judge(gap, { truth: { dropped: new Set([4, 6, 8]) } })).toEqual({});
    expect(judge(gap, { truth: { dropped: new Set([4, 6]) } })).toEqual({ false_gap: 1 });
    expect(judge(gap)).toEqual({ false_gap: 3 });
    expect(judge([verdict(0), event(2), block('gap', 8, range(4, 8)), ...GOOD.slice(5)])).toMatchObject({ lost: 1 });
  });

  it('wants an unreadable message named', () => {
    const truth = { unreadable: new Set([5]) };
    expect(judge(GOOD, { truth })).toEqual({ lost: 1 });
    expect(judge([...GOOD.slice(0, 3), block('gap', 5, range(4, 5)), ...GOOD.slice(3)], { truth })).toEqual({});
  });

  it('expands merged chunks, message by message', () => {
    const merged = (id: number, messageId: string, offset: number, delta: string): Block =>
      block('message_chunk', id, { messageId, offset, delta, merged: range(2, 8) });
    const first = merged(2, 'm', 0, 'abcd');
    const last = merged(8, 'o', 0, 'x');
    const rest = GOOD.slice(5);
    expect(judge([verdict(0), event(2), first, last, ...rest])).toEqual({});
    expect(judge([verdict(0), event(2), first, verdict(2, 'resumed'), first, last, ...rest])).toEqual({});
    expect(judge([verdict(0), event(2), last, ...rest])).toEqual({ lost: 2 });
    expect(judge([verdict(0), event(2), merged(2, 'm', 0, 'abc'), last, ...rest])).toEqual({ altered: 1 });
    expect(judge([verdict(0), event(2), merged(2, 'm', 2, 'abcd'), last, ...rest])).toEqual({ altered: 1 });
    expect(judge([verdict(0), event(2), merged(4, 'm', 0, 'abcd'), last, ...rest])).toMatchObject({ bad_position: 2 });
  });

  it('wants a survivor for every state that was passed over, and no other event missing', () => {
    const survivor = block('agent_progress', 14, { progress: 3, supersedes: range(8, 14) });
    const before = GOOD.slice(0, 5);
    const after = GOOD.slice(8);
    expect(judge([...before, survivor, ...after], { allowed: { adaptive: true } })).toEqual({});
    expect(judge([...before, survivor, ...after])).toMatchObject({ lost: 2, altered: 1 });
    const short = block('agent_progress', 14, { progress: 3, supersedes: range(10, 14) });
    expect(judge([...before, short, ...after], { allowed: { adaptive: true } })).toEqual({ lost: 1 });
    expect(judge([...before.slice(0, -1), survivor, ...after], { allowed: { adaptive: true } })).toEqual({ lost: 1 });
  });

  it('follows a reset into the next life, and wants to be told of it', () => {
    const next: SessionTruth = { ...TRUTH, epoch: 'e2', events: [wire(1, 'x.faults.note', 'chat', { n: 1 })] };
    const reset = verdict(0, 'reset', { reason: 'epoch_changed' }, 'e2');
    const record = [...GOOD.slice(0, 4), reset, block('x.faults.note', 1, { n: 1 }, 'e2')];
    const lives = [TRUTH, next];
    expect(judge(record, { lives, allowed: { resets: ['epoch_changed'] } })).toEqual({});
    expect(judge(record, { lives })).toEqual({ false_reset: 1 });
    expect(judge(GOOD, { lives, allowed: { resets: ['epoch_changed'] } })).toEqual({ stuck: 1 });
    expect(judge([...record.slice(0, 4), record.at(-1)!], { lives })).toMatchObject({ foreign: 1 });
  });
});
